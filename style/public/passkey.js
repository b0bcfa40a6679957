// Passkeys on residents' pages. The page holds what is asked for; the device's answer goes back in the page's own form.
(function () {
  "use strict";

  function bytes(text) {
    return Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), function (c) { return c.charCodeAt(0); });
  }

  function text(buffer) {
    var binary = "";
    new Uint8Array(buffer).forEach(function (byte) { binary += String.fromCharCode(byte); });
    return btoa(binary).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  }

  function asked(json) {
    var options = JSON.parse(json);
    options.challenge = bytes(options.challenge);
    if (options.user) options.user.id = bytes(options.user.id);
    (options.excludeCredentials || []).forEach(function (credential) { credential.id = bytes(credential.id); });
    return { publicKey: options };
  }

  function used(credential) {
    var response = credential.response;
    return {
      id: text(credential.rawId),
      clientDataJSON: text(response.clientDataJSON),
      authenticatorData: text(response.authenticatorData),
      signature: text(response.signature),
      userHandle: text(response.userHandle || new ArrayBuffer(0))
    };
  }

  function made(credential) {
    var response = credential.response;
    return {
      clientDataJSON: text(response.clientDataJSON),
      authenticatorData: text(response.getAuthenticatorData()),
      publicKey: text(response.getPublicKey()),
      publicKeyAlgorithm: response.getPublicKeyAlgorithm()
    };
  }

  if (!window.PublicKeyCredential || !navigator.credentials) return;
  // A browser that hands no key out cannot add a passkey here, and can use one.
  var makes = window.AuthenticatorAttestationResponse && "getPublicKey" in AuthenticatorAttestationResponse.prototype;

  var button = document.querySelector("[data-passkey]");
  if (button && (button.dataset.passkey === "get" || makes)) {
    var form = button.form;
    var part = function (name) { return form.querySelector("[data-passkey-" + name + "]"); };
    part("without").hidden = true;
    button.hidden = false;
    button.addEventListener("click", function () {
      part("failed").hidden = true;
      part("known").hidden = true;
      button.setAttribute("aria-busy", "true");
      var options = asked(button.dataset.options);
      var answer = button.dataset.passkey === "get"
        ? navigator.credentials.get(options).then(used)
        : navigator.credentials.create(options).then(made);
      answer.then(function (credential) {
        form.elements.credential.value = JSON.stringify(credential);
        form.submit();
      }).catch(function (error) {
        button.removeAttribute("aria-busy");
        part(error.name === "InvalidStateError" ? "known" : "failed").hidden = false;
      });
    });
  }

  // The consent page says whether this device could: only then is a passkey offered after it.
  var consent = document.querySelector("form[data-passkey-probe]");
  if (consent && makes && PublicKeyCredential.isUserVerifyingPlatformAuthenticatorAvailable) {
    PublicKeyCredential.isUserVerifyingPlatformAuthenticatorAvailable().then(function (possible) {
      if (!possible) return;
      var field = document.createElement("input");
      field.type = "hidden";
      field.name = "passkeys";
      field.value = "possible";
      consent.appendChild(field);
    }).catch(function () {});
  }
})();
