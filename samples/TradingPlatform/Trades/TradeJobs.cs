using System.Text.Json.Serialization;
using Dapper;
using JobQueue;
using TradingPlatform.Data;
using TradingPlatform.Hosting;
using TradingPlatform.Market;

namespace TradingPlatform.Trades;

/// <summary>Which replicated trade to close.</summary>
internal sealed record ReplicationTask(string? ReplicationId = null);

/// <summary>What has become of a replicated trade.</summary>
internal sealed record TradeResult(bool Success, string Status)
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? ReplicationId { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? ExitPrice { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Pnl { get; init; }
}

/// <summary>There is no such replication.</summary>
internal sealed class UnknownReplicationException(string id) : Exception($"There is no replication '{id}'.");

/// <summary>Closes trades that were opened by a signal, each once.</summary>
internal sealed class TradeJobs(Database database, PriceFeed feed, TimeProvider time)
{
    [JobHandler("simulate_replicated_trade", Queue = "trades", Priority = JobPriority.High, MaxRetries = PlatformRetries.Max, BackoffBaseSeconds = PlatformRetries.BaseSeconds, BackoffMaxSeconds = PlatformRetries.CapSeconds, BackoffJitter = false, DoNotRetry = [typeof(MissingFieldsException), typeof(UnknownReplicationException)])]
    public TradeResult Close(ReplicationTask task)
    {
        RequiredFields.Check(("replication_id", task.ReplicationId));
        var id = task.ReplicationId!;
        return database.InTransaction((connection, transaction) =>
        {
            var trade = connection.QueryFirstOrDefault<(string Symbol, string Side, double Quantity, double Entry, string? ClosedAt)>(
                "SELECT symbol, side, quantity, entry_price, closed_at FROM replications WHERE id = @id", new { id }, transaction);
            if (trade.Symbol is null)
            {
                throw new UnknownReplicationException(id);
            }

            if (trade.ClosedAt is not null)
            {
                return new TradeResult(Success: true, "already_closed");
            }

            var now = time.GetUtcNow();
            var exit = feed.PriceOf(trade.Symbol, now);
            var pnl = Math.Round((exit - trade.Entry) * trade.Quantity * (trade.Side == "sell" ? -1 : 1), 2);
            connection.Execute("UPDATE replications SET exit_price = @exit, pnl = @pnl, closed_at = @now WHERE id = @id AND closed_at IS NULL", new { id, exit, pnl, now }, transaction);
            return new TradeResult(Success: true, "closed") { ReplicationId = id, ExitPrice = exit, Pnl = pnl };
        });
    }
}
