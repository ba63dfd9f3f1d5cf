/** The limits that demo and production need, as a config file says them. */
export const LIMITS = `
[markets]
tickers = ["KXBTC15M"]
[risk]
loss_market_dollars_max = 50
loss_strike_percent_max = 50
loss_event_dollars_max = 100
loss_group_dollars_max = 200
loss_total_dollars_max = 200
loss_day_dollars_max = 50
loss_day_percent_max = 50
loss_week_dollars_max = 100
loss_week_percent_max = 50
drawdown_percent_max = 50
cool_off_losses_max = 100
cool_off_seconds = 60
position_contracts_max = 50
imbalance_group_contracts_max = 200
imbalance_total_contracts_max = 200
order_size_contracts_max = 5
order_value_dollars_max = 5
hand_price_cents_max = 99
orders_per_minute_max = 60
sent_minute_contracts_max = 300
sent_day_contracts_max = 100000
exit_cost_dollars_max = 5
`;
