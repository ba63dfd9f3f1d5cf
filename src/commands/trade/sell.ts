import { OrderCommand, orderArgs, orderDescription, orderFlags } from '../../order-command.ts';

export default class TradeSell extends OrderCommand<typeof TradeSell> {
  static override summary = 'sell YES or NO contracts by hand, through the same risk gate and journal as the loop';
  static override description = orderDescription;
  static override examples = [
    '<%= config.bin %> trade sell KXBTC15M-26NOV201515-15 10 55',
    '<%= config.bin %> trade sell KXBTC15M-26NOV201515-15 10 64 --side no --json',
  ];
  static override args = orderArgs;
  static override flags = orderFlags;

  protected readonly direction = 'sell';
}
