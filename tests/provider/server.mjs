// A certified OpenID Connect provider on loopback, for tests: who signs in there is whoever they say they are.
//
// Asked as "node server.mjs NODE_MODULES SETTINGS", it prints its issuer once it answers. SETTINGS is JSON: redirectUris,
// and people by the name that they sign in with, each with claims of their own. It ends with its input.
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const [modules, settings] = process.argv.slice(2);
const found = createRequire(`${modules}/`).resolve("oidc-provider");
const { Provider } = await import(pathToFileURL(found));
const { redirectUris, people } = JSON.parse(settings);

const server = createServer();
await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
const issuer = `http://127.0.0.1:${server.address().port}`;

const provider = new Provider(issuer, {
  clients: [{ client_id: "roadmap", client_secret: "a secret of tests", redirect_uris: redirectUris }],
  claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["given_name", "family_name", "groups"] },
  cookies: { keys: ["a key of tests"] },
  pkce: { required: () => true },
  findAccount: (ctx, login) => people[login] && { accountId: login, claims: () => ({ sub: login, ...people[login] }) },
  // Nobody is asked whether this site may know their name.
  loadExistingGrant: async (ctx) => {
    const grant = new ctx.oidc.provider.Grant({ clientId: "roadmap", accountId: ctx.oidc.session.accountId });
    grant.addOIDCScope("openid email profile");
    await grant.save();
    return grant;
  },
});
// The port of a site that is not yet started is not known.
const allowed = provider.Client.prototype.redirectUriAllowed;
provider.Client.prototype.redirectUriAllowed = function (uri) {
  return uri.startsWith("http://127.0.0.1:") || allowed.call(this, uri);
};
server.on("request", provider.callback());
console.log(issuer);
process.stdin.on("end", () => process.exit(0)).resume();
