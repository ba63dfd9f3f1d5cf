import { Flags } from '@oclif/core';
import { KeyCommand } from '../../key-command.ts';
import { confirmFlag } from '../../shared-flags.ts';

export default class AuthForget extends KeyCommand<typeof AuthForget> {
  static override summary = 'remove the stored key of an environment';
  static override description =
    'Asks for the last four signs of the key id, or takes them with --confirm. Refused while a trader runs. Without a key\nnothing can be cancelled from here: look first that nothing rests.';
  static override examples = [
    '<%= config.bin %> auth forget --env demo',
    '<%= config.bin %> auth forget --env demo --confirm=cdef',
  ];
  static override flags = {
    'key-id': Flags.string({ description: 'which, when several are stored' }),
    ...confirmFlag,
  };

  async run(): Promise<object> {
    this.assertEnvGiven();
    const { environment, flags } = this;
    const { assertNobodyTrades, forgetKey, theStoredKey } = await import('../../lib/app/keys/change-key.ts');
    const places = await this.places();
    const key = theStoredKey(places, flags['key-id']);
    assertNobodyTrades(places);
    await this.confirm(`forget the ${environment} key ${key.keyId}`, key.keyId, flags.confirm);
    forgetKey(places, key);
    this.log(`the key ${key.keyId} is no longer stored for ${environment}`);
    this.log("Next: delete it on the exchange's web page if nothing else uses it");
    return this.toRecord({ type: 'auth_forget', env: environment, keyId: key.keyId });
  }
}
