cat >/usr/local/bin/php-server <<'SERVER'
#!/bin/sh
# Serves PHP on $PORT: `php-server [FOLDER]`, by default public/ or web/ of the app, else the app's own folder.
set -eu
if [ $# -eq 0 ]; then
  for folder in public web .; do [ ! -d "$folder" ] || break; done
  set -- "$folder"
fi
PHP_ROOT=$(cd "$1" && pwd)
export PHP_ROOT PORT="${PORT:-8080}"
exec apache2 -f /etc/apache2/paas.conf -D FOREGROUND
SERVER
chmod 0755 /usr/local/bin/php-server

cat >/etc/apache2/paas.conf <<'CONFIG'
ServerRoot /etc/apache2
ServerName localhost
ServerTokens Prod
Listen ${PORT}
PidFile /tmp/apache2.pid
ErrorLog /proc/self/fd/2
LogFormat "%h \"%r\" %>s %b %D" short
CustomLog /proc/self/fd/1 short
IncludeOptional mods-enabled/*.load
IncludeOptional mods-enabled/*.conf
# One process a request; more requests wait in the queue.
MaxRequestWorkers 50
# SIGWINCH (the image's stop signal) lets requests end.
GracefulShutdownTimeout 25
DocumentRoot ${PHP_ROOT}
DirectoryIndex index.php index.html
<Directory />
  Require all denied
</Directory>
<Directory ${PHP_ROOT}>
  Options FollowSymLinks
  AllowOverride All
  Require all granted
  FallbackResource /index.php
</Directory>
<FilesMatch "^\.|^composer\.(json|lock)$">
  Require all denied
</FilesMatch>
CONFIG

a2enmod -q rewrite headers expires remoteip
a2dismod -q -f status autoindex
rm -rf /var/www/html /var/log/apache2
