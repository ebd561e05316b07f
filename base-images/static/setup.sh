cat >/usr/local/bin/static-server <<'SERVER'
#!/bin/sh
# Serves files on $PORT: `static-server [FOLDER]`, by default $STATIC_ROOT or the first folder with an index.html.
# $STATIC_FALLBACK is the page for addresses without a file: /index.html in a single-page application.
set -eu
if [ $# -gt 0 ]; then
  STATIC_ROOT=$1
elif [ -z "${STATIC_ROOT:-}" ]; then
  for folder in public dist build out _site .; do [ ! -f "$folder/index.html" ] || break; done
  STATIC_ROOT=$folder
fi
STATIC_ROOT=$(cd "$STATIC_ROOT" && pwd)
export STATIC_ROOT PORT="${PORT:-8080}" STATIC_FALLBACK="${STATIC_FALLBACK:-}"
# lighttpd closes its own standard output.
exec lighttpd -D -f /etc/lighttpd/paas.conf 3>&1
SERVER
chmod 0755 /usr/local/bin/static-server

# Lists the types once: the script that does it needs Perl at each start.
/usr/share/lighttpd/create-mime.conf.pl >/etc/lighttpd/mime.conf

cat >/etc/lighttpd/paas.conf <<'CONFIG'
server.modules = ("mod_access", "mod_rewrite", "mod_deflate", "mod_setenv", "mod_accesslog")
server.document-root = env.STATIC_ROOT
server.bind = "0.0.0.0"
server.port = env.PORT
server.tag = ""
server.errorlog = "/proc/self/fd/2"
accesslog.filename = "/proc/self/fd/3"
accesslog.format = "%h \"%r\" %s %b %D"
index-file.names = ("index.html")
# SIGINT (the image's stop signal) lets requests end.
server.feature-flags = ("server.graceful-shutdown-timeout" => 8)
include "mime.conf"
# The same on every instance, whose inodes differ.
etag.use-inode = "disable"
deflate.mimetypes = ("text/", "application/javascript", "application/json", "application/xml", "application/wasm", "image/svg+xml")
deflate.allowed-encodings = ("gzip", "deflate")
setenv.add-response-header = ("Cache-Control" => "no-cache")

# Dot files are never part of a site, .well-known is.
$HTTP["url"] =~ "/\.(?!well-known/)" { url.access-deny = ("") }
url.rewrite-if-not-file = ("" => env.STATIC_FALLBACK)
CONFIG
