using Dapper;
using JobQueue;
using TradingPlatform.Data;
using TradingPlatform.Hosting;

namespace TradingPlatform.Market;

/// <summary>What a fetch of prices has come to.</summary>
internal sealed record MarketResult(bool Success, int Instruments, int NewTicks);

/// <summary>Takes prices from the feed, and works out what the last day was like.</summary>
internal sealed class MarketJobs(Database database, PriceFeed feed, IJobQueue jobs, TimeProvider time)
{
    /// <summary>One tick an instrument and minute: a repeat finds them there and writes none.</summary>
    [JobHandler("fetch_market_data", Queue = "market", MaxRetries = PlatformRetries.Max, BackoffBaseSeconds = PlatformRetries.BaseSeconds, BackoffMaxSeconds = PlatformRetries.CapSeconds, BackoffJitter = false)]
    public async Task<MarketResult> FetchAsync(JobContext job, CancellationToken cancellationToken)
    {
        var minute = Minute(time.GetUtcNow());
        var added = database.InTransaction((connection, transaction) =>
        {
            var count = 0;
            foreach (var (symbol, _) in PriceFeed.Instruments)
            {
                var price = feed.PriceOf(symbol, minute);
                count += connection.Execute(
                    "INSERT OR IGNORE INTO ticks (symbol, at, price, volume) VALUES (@symbol, @minute, @price, @volume)", new { symbol, minute, price, volume = feed.VolumeOf(symbol, minute) }, transaction);
                connection.Execute("UPDATE instruments SET price = @price, priced_at = @minute WHERE symbol = @symbol", new { symbol, minute, price }, transaction);
            }

            return count;
        });

        // What hangs on new prices; a repeat of this job finds them enqueued.
        await jobs.EnqueueFollowUpAsync("update_24h_stats", job, cancellationToken);
        await jobs.EnqueueFollowUpAsync("check_price_alerts", job, cancellationToken);
        return new MarketResult(Success: true, PriceFeed.Instruments.Length, added);
    }

    [JobHandler("update_24h_stats", Queue = "market", MaxRetries = PlatformRetries.Max, BackoffBaseSeconds = PlatformRetries.BaseSeconds, BackoffMaxSeconds = PlatformRetries.CapSeconds, BackoffJitter = false)]
    public MarketResult UpdateDay()
    {
        var now = time.GetUtcNow();
        var changed = database.Execute(
            """
            INSERT INTO day_stats (symbol, low, high, change_percent, volume, updated_at)
            SELECT symbol, MIN(price), MAX(price), ROUND(100 * (MAX(CASE WHEN at = newest THEN price END) / MAX(CASE WHEN at = oldest THEN price END) - 1), 4), ROUND(SUM(volume), 2), @now
            FROM (SELECT symbol, at, price, volume, MAX(at) OVER (PARTITION BY symbol) AS newest, MIN(at) OVER (PARTITION BY symbol) AS oldest FROM ticks WHERE at >= @from)
            GROUP BY symbol
            ON CONFLICT (symbol) DO UPDATE SET low = excluded.low, high = excluded.high, change_percent = excluded.change_percent, volume = excluded.volume, updated_at = excluded.updated_at
            """,
            new { now, from = now.AddHours(-24) });
        return new MarketResult(Success: true, changed, NewTicks: 0);
    }

    private static DateTimeOffset Minute(DateTimeOffset time) => DateTimeOffset.FromUnixTimeSeconds(time.ToUnixTimeSeconds() / 60 * 60);
}
