# apt's caches are mounts in our builds; debian:bookworm-slim would empty them after each package.
rm -f /etc/apt/apt.conf.d/docker-clean

# Some packages link manual pages while they are installed, although pages themselves are left out.
mkdir -p /usr/share/man/man1

groupadd --gid 10001 app
useradd --uid 10001 --gid 10001 --home-dir /home/app --create-home --skel /dev/null --shell /bin/sh app
# Where apps are; they may write there.
install -d -o app -g app /app
rm -f /etc/passwd- /etc/group- /etc/shadow- /etc/gshadow- /etc/subuid- /etc/subgid- /var/log/lastlog /var/log/faillog
