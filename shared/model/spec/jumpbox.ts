import * as z from 'zod';
import { MAX_DNAT_PORT } from '../natRule.ts';
import { cidrText, internetSource, internetSourceForm, namedText, parsedText, type Fault } from './fields.ts';

const MAX_SOURCES = 100;
/** Azure takes no shorter RSA key. */
const LEAST_RSA_BITS = 2048;

const keyRemedy =
  'Give the one line of the public key, such as ~/.ssh/id_ed25519.pub holds (ssh-keygen -t ed25519 makes a pair).';

/**
 * The line of a public key as OpenSSH writes it. What was given is never repeated: it may be a secret.
 *
 * Azure takes Ed25519, and RSA of 2048 bits or more
 * (https://learn.microsoft.com/azure/virtual-machines/linux/mac-create-ssh-keys#supported-ssh-key-formats).
 */
function publicKey(text: string): string | Fault {
  const line = text.trim();
  if (/PRIVATE[ -]KEY/i.test(line)) {
    return {
      message: 'this is a private key, which must not leave the machine that it was made on',
      remedy: `Make a new pair, since this one has been sent. ${keyRemedy}`,
    };
  }
  const [, type = '', blob = '', comment = ''] = /^(\S+) +([A-Za-z0-9+/]+={0,2})( [^\r\n]*)?$/.exec(line) ?? [];
  const [name, , modulus = ''] = fieldsOf(blob);
  if (type === '' || name !== type) {
    return {
      message: 'is no public SSH key (no password is taken: the jumpbox is reached by key alone)',
      remedy: keyRemedy,
    };
  }
  if (type !== 'ssh-rsa' && type !== 'ssh-ed25519') {
    return { message: `Azure takes no SSH key of the type ${type}`, remedy: 'Give an Ed25519 key, or an RSA key.' };
  }
  const bits = 8 * modulus.replace(/^\0+/, '').length;
  if (type === 'ssh-rsa' && bits < LEAST_RSA_BITS) {
    return {
      message: `the RSA key has ${bits} bits, and Azure takes none of fewer than ${LEAST_RSA_BITS}`,
      remedy: keyRemedy,
    };
  }
  return `${type} ${blob}${comment.trimEnd()}`;
}

/** The fields of a key, each after its length in four bytes; one character stands for a byte. None where it is no such thing. */
function fieldsOf(blob: string): readonly string[] {
  if (blob.length % 4 !== 0) return [];
  const bytes = atob(blob);
  const fields: string[] = [];
  for (let at = 0; at < bytes.length;) {
    const length = [0, 1, 2, 3].reduce((sum, index) => sum * 256 + (bytes.charCodeAt(at + index) || 0), 0);
    const end = at + 4 + length;
    if (end > bytes.length) return [];
    fields.push(bytes.slice(at + 4, end));
    at = end;
  }
  return fields;
}

/** Names that Azure lets no administrator have. */
const reservedUsers = new Set(
  'a actuser adm admin admin1 admin2 administrator aspnet backup console david guest john owner root server sql support sys test test1 test2 test3 user user1 user2 user3 user4 user5 video'.split(
    ' ',
  ),
);

const userRemedy = "Use 1 to 32 of a-z, 0-9, '_' and '-', starting with a letter, such as azureuser.";

const userForm = /^[a-z][a-z0-9_-]{0,31}$/;

const adminUser = parsedText(
  (text) => {
    if (!userForm.test(text)) return { message: 'is no name of a user', remedy: userRemedy };
    return reservedUsers.has(text)
      ? { message: `Azure lets no administrator be called "${text}"`, remedy: userRemedy }
      : text;
  },
  { pattern: userForm.source, description: userRemedy },
);

const source = parsedText(
  (text) =>
    text === '*'
      ? {
          message: '* would open the jumpbox to the Internet',
          remedy: 'Give the public addresses that its users come from.',
        }
      : internetSource(text, { reached: 'the jumpbox', client: 'the user' }),
  internetSourceForm,
);

/** The field `jumpbox` of a spec. */
export const jumpboxSchema = z.strictObject({
  size: namedText(/^Standard_[A-Za-z0-9_-]{1,60}$/, {
    message: 'is no size of a machine',
    remedy: 'Give a VM size such as Standard_B2s: `az vm list-sizes` prints them.',
  }).prefault('Standard_B2s'),
  subnet: cidrText({ widest: 8, narrowest: 29 }, 'subnets are between /8 and /29').prefault('10.42.4.0/28'),
  adminUser: adminUser.prefault('azureuser'),
  sshKey: parsedText(publicKey, { description: 'The line of a public key: Ed25519, or RSA of 2048 bits or more.' }),
  sources: z.array(source).min(1).max(MAX_SOURCES),
  port: z.int().min(1).max(MAX_DNAT_PORT).prefault(22),
});
