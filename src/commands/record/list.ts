import { KmmCommand } from '../../base-command.ts';

export default class RecordList extends KmmCommand<typeof RecordList> {
  static override summary = 'x';
  async run(): Promise<object> {
    return {};
  }
}
