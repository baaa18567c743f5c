import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Metafile } from 'esbuild';
import { modulesOf } from './metafile.ts';
import { mitLicence } from './mitLicence.ts';
import { PackageError } from './packageError.ts';

/** A package that the bundle holds code of. */
export interface ShippedPackage {
  readonly name: string;
  readonly version: string;
  /** SPDX expression, as the package itself says. */
  readonly licence: string;
  /** Folder below `node_modules`. */
  readonly directory: string;
}

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
  readonly author?: string | { readonly name?: string };
}

/** What may be shipped: licences that ask for their text to come along, and no more. */
const acceptedLicences = ['0BSD', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', 'MIT', 'Unlicense'];

/** The packages of a bundle by name and version, each once. */
export function shippedPackages(metafile: Metafile): readonly ShippedPackage[] {
  const modules = Object.keys(metafile.outputs).flatMap((output) => modulesOf(metafile, output));
  const directories = new Set(modules.flatMap((path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path) ?? []));
  const packages = new Map(
    [...directories].map((directory) => {
      const { name, version, license = 'none' } = manifest(directory);
      return [`${name}@${version}`, { name, version, licence: license, directory }];
    }),
  );
  return [...packages.values()].sort(
    (one, other) => compare(one.name, other.name) || compare(one.version, other.version),
  );
}

/** What keeps packages from being shipped, each with its remedy. */
export function licenceProblems(packages: readonly ShippedPackage[]): readonly string[] {
  return packages
    .filter(({ licence }) => !acceptedLicences.includes(licence))
    .map(
      ({ name, version, licence }) =>
        `${name}@${version} has the licence "${licence}", which is none of ${acceptedLicences.join(', ')}: ` +
        'leave the package out, or judge its licence and accept it in packaging/shippedPackages.ts',
    );
}

/**
 * The licence of a package in full, with its notice where it has one. Where a package comes without its text, the text is
 * the one in its README, and otherwise the standard one with the author's name.
 *
 * @throws PackageError when there is no text at all
 */
export function licenceText({ name, version, licence, directory }: ShippedPackage): string {
  const files = readdirSync(directory).filter((file) => /^((un)?licen[cs]e|copying|notice)(\.(md|txt))?$/i.test(file));
  if (files.some((file) => !/^notice/i.test(file))) return files.map((file) => read(directory, file)).join('\n\n');
  if (licence !== 'MIT') {
    throw new PackageError([`${name}@${version} comes without the text of its licence, ${licence}: leave it out`]);
  }
  const readme = existsSync(join(directory, 'README.md')) ? read(directory, 'README.md') : '';
  const [, copyright] = /^#*\s*\(?The MIT License\)?\s+(Copyright \(c\) .+)$/im.exec(readme) ?? [];
  return mitLicence(copyright ?? `Copyright (c) ${authorOf(directory) ?? `the authors of ${name}`}`);
}

function authorOf(directory: string): string | undefined {
  const { author } = manifest(directory);
  return typeof author === 'string' ? author : author?.name;
}

const manifest = (directory: string) => JSON.parse(read(directory, 'package.json')) as Manifest;

const read = (directory: string, file: string) =>
  readFileSync(join(directory, file), 'utf8').replaceAll('\r\n', '\n').trim();

/** By code units, so that no locale changes the order. */
const compare = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);
