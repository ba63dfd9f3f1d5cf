/** What `kmm run --shadow` is asked for: variants of the configuration, and what only a run that sends something can be asked. */
import type { ConfigurationFlag } from './lib/app/config/config.ts';
import { KmmError } from './lib/app/errors/errors.ts';
import { setFlags } from './shared-flags.ts';

/** What the others are held against: the configuration as it is. */
const BASE = 'base';
/** Each is an engine of its own that decides with every frame. */
const VARIANTS_MAX = 8;

export interface AskedVariant {
  readonly name: string;
  /** `key=value`. */
  readonly settings: readonly string[];
  readonly flags: readonly ConfigurationFlag[];
}

const HELP = { next: ['kmm run --help'] };

/** `NAME=key=value,key=value`, and before them all `base`. Throws KMM_USAGE. */
export function variantsOf(texts: readonly string[]): readonly AskedVariant[] {
  const variants: AskedVariant[] = [{ name: BASE, settings: [], flags: [] }];
  for (const text of texts) {
    const [, name, list] = /^([A-Za-z][\w-]{0,19})=(.+)$/.exec(text) ?? [];
    if (name === undefined || list === undefined || !/^[a-z_0-9.]+=/.test(list)) {
      throw new KmmError('KMM_USAGE', `--variant ${text} is not NAME=KEY=VALUE,KEY=VALUE`, HELP);
    }
    if (variants.some((other) => other.name === name)) {
      const why = name === BASE ? 'is the configuration as it is' : 'is there already';
      throw new KmmError('KMM_USAGE', `--variant ${text}: ${name} ${why}`, HELP);
    }
    // A value may have commas of its own: what follows one begins another setting only where it names a key.
    const settings = list.split(/,(?=[a-z_0-9.]+=)/);
    const flags = setFlags(settings).map((flag) => ({ ...flag, flag: `--variant ${name}: ${flag.key}` }));
    variants.push({ name, settings, flags });
  }
  if (variants.length > VARIANTS_MAX) {
    throw new KmmError('KMM_USAGE', `${variants.length} variants with ${BASE}: ${VARIANTS_MAX} are the most`, HELP);
  }
  return variants;
}

interface Given {
  readonly seed: string;
  readonly speed: string;
  readonly background?: readonly string[] | undefined;
}

/** Throws KMM_USAGE. */
export function refuseForShadow(given: Given, environment: string): void {
  const isVirtual = given.speed === 'max';
  const refused = [
    environment !== 'sim' && (isVirtual || given.speed !== '1') && '--speed is for --env sim',
    !isVirtual && given.speed !== '1' && '--speed with --shadow is 1, or max for virtual time',
    !isVirtual && (given.background ?? []).length > 0 && '--background with --shadow needs --speed max',
    !isVirtual && given.seed !== '1' && '--seed with --shadow needs --speed max: it looks at an exchange that is there',
  ].find((why) => why !== false);
  if (refused !== undefined) throw new KmmError('KMM_USAGE', refused, HELP);
}
