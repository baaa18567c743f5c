import { FIRST, hashOf, receiptOf, type AuditRecord } from './record.ts';

/** What is wrong with a chain, and from which record on. */
interface ChainFault {
  readonly chain: string;
  readonly sequence: number;
  readonly kind: 'altered' | 'missing' | 'relinked' | 'forked' | 'cut';
  readonly message: string;
}

export interface VerifiedChain {
  readonly chain: string;
  /** Sequence of the first and of the last record that is there. */
  readonly first: number;
  readonly last: number;
  /** The last record's receipt: what to keep, to prove later that nothing was cut off after it. */
  readonly receipt: string;
  readonly faults: readonly ChainFault[];
}

/**
 * Looks through the records of one or more chains, in any order; a record that was logged twice counts once.
 *
 * A chain that was cut off at its end looks like one that ended there. Receipts tell them apart: each proves that a record
 * has been, and everything before it.
 *
 * @param receipts as answers carry them (`x-gatehouse-audit`)
 */
export function verifyChains(records: readonly AuditRecord[], receipts: readonly string[] = []): VerifiedChain[] {
  const chains = Map.groupBy(records, ({ chain }) => chain);
  const verified = [...chains].map(([chain, all]) => {
    const ordered = all.toSorted((a, b) => a.sequence - b.sequence);
    const [first, last] = [ordered[0], ordered.at(-1)];
    const faults = [...faultsOf(ordered), ...receiptFaults(ordered, receiptsOf(receipts, chain))];
    return {
      chain,
      first: first?.sequence ?? 0,
      last: last?.sequence ?? 0,
      receipt: last === undefined ? '' : receiptOf(last),
      faults,
    };
  });
  const unknown = receipts
    .map(parseReceipt)
    .filter(({ chain }) => !chains.has(chain))
    .map(({ chain, sequence }) => ({
      chain,
      first: 0,
      last: 0,
      receipt: '',
      faults: [fault(chain, sequence, 'cut', `A receipt proves record ${sequence}, and the whole chain is missing.`)],
    }));
  return [...verified, ...unknown];
}

function faultsOf(ordered: readonly AuditRecord[]): ChainFault[] {
  return ordered.flatMap((record, index) => {
    const { chain, sequence, previous, hash } = record;
    const altered =
      hash === hashOf(record)
        ? []
        : [fault(chain, sequence, 'altered', `Record ${sequence} was changed after it was made.`)];
    return [...altered, ...linkFaults(ordered[index - 1], { chain, sequence, previous, hash })];
  });
}

function linkFaults(
  before: AuditRecord | undefined,
  { chain, sequence, previous, hash }: Pick<AuditRecord, 'chain' | 'sequence' | 'previous' | 'hash'>,
): ChainFault[] {
  if (before === undefined) {
    if (sequence > 1)
      return [
        fault(chain, sequence, 'cut', `Records 1 to ${sequence - 1} are missing: the chain is cut at its beginning.`),
      ];
    return previous === FIRST
      ? []
      : [fault(chain, sequence, 'relinked', 'The first record follows one that is not there.')];
  }
  if (before.sequence === sequence) {
    return before.hash === hash
      ? []
      : [fault(chain, sequence, 'forked', `There are two different records ${sequence}.`)];
  }
  if (before.sequence < sequence - 1)
    return [fault(chain, sequence, 'missing', `Records ${before.sequence + 1} to ${sequence - 1} are missing.`)];
  return previous === before.hash
    ? []
    : [
        fault(
          chain,
          sequence,
          'relinked',
          `Record ${sequence} does not follow the record ${before.sequence} that is there.`,
        ),
      ];
}

interface Receipt {
  readonly chain: string;
  readonly sequence: number;
  readonly hash: string;
}

function parseReceipt(text: string): Receipt {
  const [chain = '', sequence = '', hash = ''] = text.split('.');
  return { chain, sequence: Number(sequence), hash };
}

const receiptsOf = (receipts: readonly string[], chain: string): readonly Receipt[] =>
  receipts.map(parseReceipt).filter((receipt) => receipt.chain === chain);

const receiptFaults = (ordered: readonly AuditRecord[], receipts: readonly Receipt[]): ChainFault[] =>
  receipts.flatMap(({ chain, sequence, hash }) => {
    const found = ordered.find((record) => record.sequence === sequence);
    if (found?.hash === hash) return [];
    return found === undefined
      ? [fault(chain, sequence, 'cut', `A receipt proves record ${sequence}, which is missing.`)]
      : [
          fault(
            chain,
            sequence,
            'altered',
            `Record ${sequence} is another than the one that its receipt was given for.`,
          ),
        ];
  });

const fault = (chain: string, sequence: number, kind: ChainFault['kind'], message: string): ChainFault => ({
  chain,
  sequence,
  kind,
  message,
});
