// A relying party of Machikagi, complete: everything that a service needs to write for itself is in this file.
// The protocol is OpenID Connect with the code flow and PKCE; npm `openid-client` does it, unmodified and configured by
// discovery only. Nothing here is specific to Machikagi but the residency claim and the reasons of a refusal.
import { createRemoteJWKSet, jwtVerify } from 'jose';
import * as client from 'openid-client';

const SIGN_IN_MINUTES = 30;
const PENDING_SIGN_INS = 10;

/** A sign-in that ended without a person signed in. `reason` is a code for the page to put into words. */
export class SignInRefused extends Error {
  constructor(reason, options) {
    super(reason, options);
    this.reason = reason;
  }
}

export class RelyingParty {
  #registration;
  #issuer;
  #discovered;
  #keys;

  /** @param registration what the town handed out: client_id, client_secret, redirect_uri, scopes */
  constructor(issuer, registration) {
    this.#issuer = issuer;
    this.#registration = registration;
  }

  /** Endpoints and keys by discovery, once; after a failure the next sign-in asks again. */
  #configuration() {
    this.#discovered ??= client
      .discovery(
        new URL(this.#issuer),
        this.#registration.client_id,
        undefined,
        client.ClientSecretBasic(this.#registration.client_secret),
        // Plain http is for this machine only. A service in operation leaves this line out.
        new URL(this.#issuer).hostname === 'localhost' ? { execute: [client.allowInsecureRequests] } : undefined,
      )
      .catch((error) => {
        this.#discovered = undefined;
        throw new SignInRefused('provider_unreachable', { cause: error });
      });
    return this.#discovered;
  }

  /**
   * Step 1: the address to send the browser to. `session` belongs to this browser alone; what is put into it proves in
   * step 2 that the answer belongs to a question of ours (state), to this sign-in (nonce) and to nobody who merely saw
   * the code (PKCE verifier). Several tabs may each have a sign-in under way.
   */
  async start(session) {
    const configuration = await this.#configuration();
    const state = client.randomState();
    const pending = { nonce: client.randomNonce(), verifier: client.randomPKCECodeVerifier(), startedAt: Date.now() };
    session.pending ??= new Map();
    session.pending.set(state, pending);
    for (const oldest of session.pending.keys()) if (session.pending.size > PENDING_SIGN_INS) session.pending.delete(oldest);
    return client.buildAuthorizationUrl(configuration, {
      redirect_uri: this.#registration.redirect_uri,
      scope: this.#registration.scopes,
      // Coarse claims, such as an age group, have no scope.
      ...(this.#registration.claims && { claims: this.#registration.claims }),
      state,
      nonce: pending.nonce,
      code_challenge: await client.calculatePKCECodeChallenge(pending.verifier),
      code_challenge_method: 'S256',
    });
  }

  /**
   * Step 2: the browser is back with a code or a refusal. Returns { claims, accessToken, idToken }; throws SignInRefused.
   * The library checks state, `iss`, signature, audience, expiry, nonce and PKCE.
   */
  async finish(session, url) {
    const state = url.searchParams.get('state');
    const pending = session.pending?.get(state);
    // Reloading the page, the back button, or an answer to a question that this browser never asked.
    if (!pending || Date.now() - pending.startedAt > SIGN_IN_MINUTES * 60_000) throw new SignInRefused('expired');
    session.pending.delete(state);
    const configuration = await this.#configuration();
    try {
      const tokens = await client.authorizationCodeGrant(configuration, url, {
        expectedState: state,
        expectedNonce: pending.nonce,
        pkceCodeVerifier: pending.verifier,
        idTokenExpected: true,
      });
      return { claims: tokens.claims(), accessToken: tokens.access_token, idToken: tokens.id_token };
    } catch (error) {
      // `access_denied` is an ordinary answer: the description is `code: a sentence for developers`, nothing about the person.
      if (error instanceof client.AuthorizationResponseError && error.error === 'access_denied') {
        throw new SignInRefused(error.error_description?.split(':', 1)[0] ?? 'access_denied', { cause: error });
      }
      throw new SignInRefused('failed', { cause: error });
    }
  }

  /** Attributes, where approved and agreed to; they are in userinfo only, so that they are in no token that is kept. */
  async userinfo(accessToken, subject) {
    try {
      return await client.fetchUserInfo(await this.#configuration(), accessToken, subject);
    } catch (error) {
      // 401: the consent was withdrawn, the eligibility ended, or the token ran out. Whichever: sign in again.
      throw new SignInRefused('token_ended', { cause: error });
    }
  }

  /** Where to send the browser so that the town's session ends too; it comes back to `home`, a registered address. */
  async leave(idToken, home) {
    return client.buildEndSessionUrl(await this.#configuration(), { id_token_hint: idToken, post_logout_redirect_uri: home });
  }

  /** The `sid` of a session that ended elsewhere: what the town tells us from server to server. Throws if it was not the town. */
  async endedSession(token) {
    const told = await this.#toldByTown(token, { typ: 'logout+jwt', maxTokenAge: '5 minutes' });
    if (!told.events?.['http://schemas.openid.net/event/backchannel-logout'] || told.nonce !== undefined || !told.sid) throw new Error('not a logout token');
    return told.sid;
  }

  /**
   * A security event that the town pushes (RFC 8935): { sub, types }, whom it is about and what happened; no `sub` where it is
   * about no person. It may be sent again for a day, so there is no age to check, and taking it twice must do no harm.
   */
  async event(token) {
    const { sub_id, events } = await this.#toldByTown(token, { typ: 'secevent+jwt', requiredClaims: ['iat', 'jti', 'events', 'sub_id'] });
    return { sub: sub_id.format === 'iss_sub' && sub_id.iss === this.#issuer ? sub_id.sub : undefined, types: Object.keys(events) };
  }

  /** The content of a token that the town signed for us. */
  async #toldByTown(token, options) {
    const { issuer, jwks_uri } = (await this.#configuration()).serverMetadata();
    this.#keys ??= createRemoteJWKSet(new URL(jwks_uri));
    const { payload } = await jwtVerify(token, this.#keys, { issuer, audience: this.#registration.client_id, ...options });
    return payload;
  }
}

/** What to answer where `event` failed (RFC 8935, section 2.4): the code says to the town whether to send it again. */
export function eventRefusal({ code, claim }) {
  if (code === 'ERR_JWT_CLAIM_VALIDATION_FAILED') return { err: { iss: 'invalid_issuer', aud: 'invalid_audience' }[claim] ?? 'invalid_request' };
  if (code === 'ERR_JWS_INVALID' || code === 'ERR_JWT_INVALID') return { err: 'invalid_request' };
  // A key that we do not have yet, or cannot fetch now.
  return { err: 'invalid_key' };
}

export const RESIDENCY = 'urn:machikagi:claims:residency';

/** What a town says about residency: { eligible, municipality, valid_until } or undefined. */
export const residency = (claims) => claims[RESIDENCY];
