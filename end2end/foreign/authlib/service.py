"""Web services that PyPI `authlib` connects, unmodified: one for each client of the JSON on standard input.

    {"issuer": "…", "port": 4100, "clients": {"NAME": {"client_id": "…", "client_secret": "…", "auth": "…", "key": {JWK}}}}

What a page shows is JSON: what the library believed. Nothing is kept but the last sign-in of each name, in memory.
"""

import json
import os
import sys

from authlib.integrations.flask_client import OAuth, OAuthError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc7523 import PrivateKeyJWT
from flask import Flask, redirect, session, url_for
from joserfc.jwk import import_key
from werkzeug.serving import WSGIRequestHandler, make_server

told = json.load(sys.stdin)
issuer, clients = told["issuer"], told["clients"]
app = Flask(__name__)
app.secret_key = os.urandom(32)
oauth = OAuth(app)
tokens = {}


def credentials(name):
    """How the client proves who it is, in the words of the library."""
    client = clients[name]
    settings = {
        "client_id": client["client_id"],
        "client_secret": client.get("client_secret"),
        "token_endpoint_auth_method": client["auth"],
        "revocation_endpoint_auth_method": client["auth"],
    }
    if client["auth"] != "private_key_jwt":
        return settings, []
    settings["client_secret"] = import_key(client["key"])
    return settings, [PrivateKeyJWT(f"{issuer}/token", alg=client["key"]["alg"], headers={"kid": client["key"]["kid"]})]


for each in clients:
    known, methods = credentials(each)
    secret_and_id = {key: known.pop(key) for key in ("client_id", "client_secret")}
    oauth.register(
        each,
        server_metadata_url=f"{issuer}/.well-known/openid-configuration",
        client_kwargs={
            "scope": "openid residency name address offline_access",
            "code_challenge_method": "S256",
            **known,
        },
        client_auth_methods=methods,
        **secret_and_id,
    )


def session_of(name):
    """What the library has for everything but the sign-in."""
    settings, methods = credentials(name)
    made = OAuth2Session(**settings)
    for method in methods:
        made.register_client_auth_method(method)
    return made


@app.errorhandler(OAuthError)
def refused(error):
    return {"error": error.error, "description": error.description}, 400


@app.get("/<name>")
def home(name):
    return {"name": name, "sub": session.get("sub")}


@app.get("/<name>/sign-in")
def sign_in(name):
    return oauth.create_client(name).authorize_redirect(url_for("callback", name=name, _external=True))


@app.get("/<name>/callback")
def callback(name):
    client = oauth.create_client(name)
    token = client.authorize_access_token()
    tokens[name] = token
    session["sub"] = token["userinfo"]["sub"]
    return {
        "id_token": token["userinfo"],
        "userinfo": client.userinfo(token=token),
        "scope": token["scope"],
        "refreshable": "refresh_token" in token,
    }


@app.get("/<name>/refresh")
def refresh(name):
    with session_of(name) as client:
        token = client.refresh_token(f"{issuer}/token", refresh_token=tokens[name]["refresh_token"])
    changed = token["access_token"] != tokens[name]["access_token"]
    tokens[name] = {**tokens[name], **token}
    return {"changed": changed, "userinfo": oauth.create_client(name).userinfo(token=token)}


@app.get("/<name>/introspect")
def introspect(name):
    with session_of(name) as client:
        answer = client.introspect_token(f"{issuer}/introspect", token=tokens[name]["access_token"])
    return answer.json(), answer.status_code


@app.get("/<name>/revoke")
def revoke(name):
    token = tokens[name].get("refresh_token") or tokens[name]["access_token"]
    with session_of(name) as client:
        answer = client.revoke_token(f"{issuer}/revoke", token=token)
    return {"status": answer.status_code}


@app.get("/<name>/sign-out")
def sign_out(name):
    session.pop("sub", None)
    return oauth.create_client(name).logout_redirect(
        post_logout_redirect_uri=url_for("signed_out", name=name, _external=True),
        id_token_hint=tokens[name]["id_token"],
    )


@app.get("/<name>/signed-out")
def signed_out(name):
    oauth.create_client(name).validate_logout_response()
    return redirect(url_for("home", name=name))


class Quiet(WSGIRequestHandler):
    """Codes are in addresses: nothing is written about requests."""

    def log_request(self, *_):
        pass


make_server("127.0.0.1", told["port"], app, threaded=True, request_handler=Quiet).serve_forever()
