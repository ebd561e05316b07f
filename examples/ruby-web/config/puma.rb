# frozen_string_literal: true

port ENV.fetch("PORT", 8080)
threads 1, 8

# A stop on request is a success: exit status 0.
raise_exception_on_sigterm false
