// Checks credentials with verifiers that nobody here wrote:
//   npm install && node verify.mjs SITE CONTEXTS SCHEMA FILE...
// SITE is a running Waylight (http://localhost:8000). CONTEXTS is a folder with JSON-LD contexts and a `contexts.json` that
// says which address is which file, SCHEMA the JSON Schema of 1EdTech, FILE a credential as JSON or JWT. Nothing is fetched
// from anywhere but SITE. Prints one line a file and exits with 1 when any verifier refuses one.
import fs from 'node:fs';
import * as vc from '@digitalbazaar/vc';
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import {cryptosuite} from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import {checkStatus} from '@digitalbazaar/vc-bitstring-status-list';
import * as verifierCore from '@digitalcredentials/verifier-core';
import Ajv from 'ajv/dist/2019.js';
import addFormats from 'ajv-formats';
import * as jose from 'jose';

const [site, contextFolder, schemaFile, ...files] = process.argv.slice(2);
const known = JSON.parse(fs.readFileSync(`${contextFolder}/contexts.json`));
const schema = JSON.parse(fs.readFileSync(schemaFile));
const context = url => JSON.parse(fs.readFileSync(`${contextFolder}/${known[url]}`));
const get = async url => (await realFetch(url)).json();

// did:web means https, and a site on one's own machine has none: its own addresses are asked without it.
const realFetch = globalThis.fetch;
const own = new URL(site);
globalThis.fetch = async (input, init) => {
  const url = new URL(typeof input === 'string' ? input : input.url ?? input.href);
  if (known[url.href]) return Response.json(context(url.href));
  if (url.href.endsWith('/ob_v3p0_achievementcredential_schema.json')) return Response.json(schema);
  if (url.host !== own.host) throw new Error(`nothing is fetched from ${url.host}`);
  return realFetch(`${own.origin}${url.pathname}${url.search}`, init);
};

const did = await get(`${own.origin}/.well-known/did.json`);
const documentLoader = async url => {
  if (known[url]) return {documentUrl: url, document: context(url)};
  if (url === did.id) return {documentUrl: url, document: did};
  const method = did.verificationMethod.find(each => each.id === url);
  if (method) return {documentUrl: url, document: {'@context': 'https://w3id.org/security/multikey/v1', ...method}};
  if (url.startsWith(`${own.origin}/credentials/status/`)) return {documentUrl: url, document: await get(url)};
  throw new Error(`nothing is loaded from ${url}`);
};
const ajv = new Ajv({strict: false});
addFormats(ajv);
const fitsSchema = ajv.compile(schema);

const keys = await Promise.all(did.verificationMethod.map(async method => {
  const bytes = base58(method.publicKeyMultibase.slice(1)).slice(2);
  return [method.id, await jose.importJWK({kty: 'OKP', crv: 'Ed25519', x: jose.base64url.encode(bytes)}, 'EdDSA')];
}));

function base58(text) {
  const letters = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
  let number = 0n;
  for (const letter of text) number = number * 58n + BigInt(letters.indexOf(letter));
  return Uint8Array.from(Buffer.from(number.toString(16).padStart(68, '0'), 'hex'));
}

async function digitalBazaar(credential) {
  const answer = await vc.verifyCredential({
    credential, documentLoader, suite: new DataIntegrityProof({cryptosuite}),
    checkStatus: options => checkStatus({...options, verifyBitstringStatusListCredential: true}),
  });
  // "verified" is true of a revoked one too: its bit is in the results.
  const isSet = answer.statusResult?.results?.some(each => each.status) ?? false;
  return answer.verified && !isSet;
}

async function digitalCredentialsConsortium(credential) {
  const answer = await verifierCore.verifyCredential({credential, knownDIDRegistries: []});
  const steps = Object.fromEntries((answer.log ?? []).map(step => [step.id, step.valid]));
  return steps.valid_signature === true && steps.expiration !== false && steps.revocation_status !== false;
}

let refused = 0;
for (const file of files) {
  const text = fs.readFileSync(file, 'utf8').trim();
  let answers;
  if (text.startsWith('{')) {
    const credential = JSON.parse(text);
    const attempt = async check => { try { return await check(credential); } catch { return false; } };
    answers = {
      '@digitalbazaar/vc': await attempt(digitalBazaar),
      '@digitalcredentials/verifier-core': await attempt(digitalCredentialsConsortium),
      // A transcript is a credential, and no badge.
      ...(credential.type.includes('OpenBadgeCredential') ? {'1EdTech schema': fitsSchema(credential)} : {}),
    };
  } else {
    const kid = jose.decodeProtectedHeader(text).kid;
    const key = keys.find(([id]) => id === kid)?.[1];
    answers = {jose: key ? await jose.compactVerify(text, key).then(() => true, () => false) : false};
  }
  refused += Object.values(answers).some(answer => !answer);
  console.log(file.split('/').at(-1), ...Object.entries(answers).map(([name, answer]) => `${name}: ${answer ? 'yes' : 'NO'}`));
}
process.exit(refused ? 1 : 0);
