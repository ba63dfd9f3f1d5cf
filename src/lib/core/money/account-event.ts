import type {
  BalanceSeen,
  CashEntered,
  CashMoved,
  FillSeen,
  OrderChanged,
  OrderCreated,
  OrdersListed,
  OwnOrderSeen,
  PositionsSeen,
  QueuePlaces,
  SettlementSeen,
} from '../events.ts';

/** What the exchange says of the account. */
export type AccountEvent =
  | OrderCreated
  | OrderChanged
  | OwnOrderSeen
  | OrdersListed
  | QueuePlaces
  | FillSeen
  | BalanceSeen
  | PositionsSeen
  | SettlementSeen
  | CashMoved
  | CashEntered;
