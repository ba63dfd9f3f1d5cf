/** The limits that demo and production need, as a config file says them. */
export const LIMITS = `
[markets]
tickers = ["KXBTC15M"]
[risk]
loss_market_dollars_max = 50
loss_event_dollars_max = 100
loss_total_dollars_max = 200
loss_day_dollars_max = 50
position_contracts_max = 50
order_size_contracts_max = 5
orders_per_minute_max = 60
`;
