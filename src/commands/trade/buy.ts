import { OrderCommand, orderArgs, orderDescription, orderFlags } from '../../order-command.ts';

export default class TradeBuy extends OrderCommand<typeof TradeBuy> {
  static override summary = 'buy YES or NO contracts by hand, through the same risk gate and journal as the loop';
  static override description = orderDescription;
  static override examples = [
    '<%= config.bin %> trade buy KXBTC15M-26NOV201515-15 10 45',
    '<%= config.bin %> trade buy KXBTC15M-26NOV201515-15 10 37 --side no --tif gtt:60',
    '<%= config.bin %> trade buy KXBTC15M-26NOV201515-15 5 50 --tif ioc --dry-run',
  ];
  static override args = orderArgs;
  static override flags = orderFlags;

  protected readonly direction = 'buy';
}
