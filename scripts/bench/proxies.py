"""Reverse proxies before the same upstream, and what `wrk` says of them."""
import re
import shutil
import subprocess

import load
import measure
from deployed import free_port

SECONDS = 4
CONNECTIONS = 64
UNITS = {"us": 0.001, "ms": 1, "s": 1000}

# Access logs are on, as with ours; headers that say where a request comes from as well.
NGINX = """
worker_processes auto;
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/nginx.error.log;
events {{ worker_connections 4096; }}
http {{
  access_log {folder}/nginx.log;
  keepalive_requests 10000000;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  upstream app {{ server {upstream}; keepalive 256; keepalive_requests 10000000; }}
  server {{
    listen 127.0.0.1:{port};
    location / {{
      proxy_pass http://app;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Host $host;
      proxy_set_header X-Forwarded-For $remote_addr;
      proxy_set_header X-Forwarded-Proto $scheme;
    }}
  }}
}}
"""

HAPROXY = """
global
  log stdout format raw local0
  maxconn 4096
defaults
  mode http
  log global
  option httplog
  option forwardfor
  http-reuse always
  timeout connect 3s
  timeout client 60s
  timeout server 60s
frontend web
  bind 127.0.0.1:{port}
  http-request set-header X-Forwarded-Proto http
  default_backend app
backend app
  server one {upstream}
"""


def missing():
    packages = {"wrk": "wrk", "nginx": "nginx-light", "haproxy": "haproxy"}
    absent = [package for program, package in packages.items() if not shutil.which(program)]
    return f"`apt-get install {' '.join(absent)}`" if absent else None


class Proxy:
    """nginx or haproxy on a free port, with files in `folder`."""

    def __init__(self, name, folder, upstream):
        self.port = free_port()
        text = {"nginx": NGINX, "haproxy": HAPROXY}[name]
        host, port = upstream
        file = folder / f"{name}.conf"
        file.write_text(text.format(folder=folder, port=self.port, upstream=f"{host}:{port}"))
        command = {"nginx": ["nginx", "-c", file], "haproxy": ["haproxy", "-db", "-f", file]}[name]
        with open(folder / f"{name}.out", "w", encoding="utf-8") as out:
            self.process = subprocess.Popen(command, stdout=out, stderr=out)
        load.await_answer(("127.0.0.1", self.port), seconds=5)

    def end(self):
        self.process.terminate()
        self.process.wait()


def wrk(address, host, connections):
    """Requests per second, and the median latency in milliseconds."""
    url = "http://{}:{}/".format(*address)
    command = [
        "wrk", "--threads", "1", "--connections", str(connections), "--duration", f"{SECONDS}s",
        "--latency", "--header", f"Host: {host}", url,
    ]  # fmt: skip
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in said or "Socket errors" in said:
        raise measure.Failed(f"{url}: requests failed\n{said}")
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", said).group(1))
    latency, unit = re.search(r"50%\s+([\d.]+)(us|ms|s)", said).groups()
    return rate, float(latency) * UNITS[unit]
