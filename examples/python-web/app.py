"""A small web app: greets, and says who answers."""

import os
import socket

from flask import Flask, jsonify

app = Flask(__name__)


@app.get("/")
def hello():
    return f"{os.environ.get('GREETING', 'Hello')} from {socket.gethostname()}\n"


@app.get("/healthz")
def health():
    return jsonify(status="ok")
