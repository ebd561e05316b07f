from flask import Flask, jsonify

from . import greeting

app = Flask(__name__)


@app.get("/")
def index():
    return jsonify(message=greeting.TEXT)


@app.get("/healthz")
def health():
    return "ok"
