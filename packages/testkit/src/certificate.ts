import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';

export interface CertificateOptions {
  /** The only name it is valid for. */
  readonly host: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
}

/** PEM texts. */
export interface SelfMadeCertificate {
  readonly key: string;
  readonly cert: string;
}

// As much of DER as a certificate needs.

const element = (tag: number, ...parts: Uint8Array[]): Buffer => {
  const content = Buffer.concat(parts);
  if (content.length < 0x80) return Buffer.concat([Buffer.from([tag, content.length]), content]);
  const hex = content.length.toString(16);
  const length = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
  return Buffer.concat([Buffer.from([tag, 0x80 | length.length]), length, content]);
};
const sequence = (...parts: Uint8Array[]): Buffer => element(0x30, ...parts);
const octets = (...parts: Uint8Array[]): Buffer => element(0x04, ...parts);
const bits = (content: Uint8Array): Buffer => element(0x03, Uint8Array.of(0), content);
const integer = (content: Uint8Array): Buffer => element(0x02, content);
const oid = (hex: string): Buffer => element(0x06, Buffer.from(hex, 'hex'));
const time = (date: Date): Buffer =>
  element(0x18, Buffer.from(`${date.toISOString().replaceAll(/[-:T]|\.\d+Z$/g, '')}Z`));

const commonName = oid('550403');
const subjectAltName = oid('551d11');
const basicConstraints = oid('551d13');
const ecdsaWithSha256 = sequence(oid('2a8648ce3d040302'));
const isTrue = Uint8Array.of(0x01, 0x01, 0xff);

const pem = (name: string, der: Uint8Array): string =>
  `-----BEGIN ${name}-----\n${Buffer.from(der)
    .toString('base64')
    .replaceAll(/.{64}(?=.)/g, '$&\n')}\n-----END ${name}-----\n`;

/** A certificate that vouches for itself, for tests of what a client accepts. Trust it to use it. */
export const makeCertificate = ({ host, notBefore, notAfter }: CertificateOptions): SelfMadeCertificate => {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const serial = randomBytes(16);
  serial[0] = (serial[0]! & 0x7f) | 0x01;
  const name = sequence(element(0x31, sequence(commonName, element(0x0c, Buffer.from(host)))));
  const extensions = element(
    0xa3,
    sequence(
      sequence(basicConstraints, isTrue, octets(sequence(isTrue))),
      sequence(subjectAltName, octets(sequence(element(0x82, Buffer.from(host))))),
    ),
  );
  const body = sequence(
    element(0xa0, integer(Uint8Array.of(2))),
    integer(serial),
    ecdsaWithSha256,
    name,
    sequence(time(notBefore), time(notAfter)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    extensions,
  );
  const certificate = sequence(body, ecdsaWithSha256, bits(sign('sha256', body, privateKey)));
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: pem('CERTIFICATE', certificate),
  };
};
