# frozen_string_literal: true

require "socket"

TEXT = { "content-type" => "text/plain; charset=utf-8" }.freeze

map "/healthz" do
  run ->(_request) { [200, TEXT, ["ok\n"]] }
end

map "/" do
  run ->(_request) { [200, TEXT, ["Hello from #{Socket.gethostname}\n"]] }
end
