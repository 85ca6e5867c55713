using JobQueue;
using TradingPlatform.Data;
using TradingPlatform.Market;

namespace TradingPlatform.Trades;

/// <summary>A signal of a strategy.</summary>
internal sealed record Signal(string? Symbol = null, string? Side = null, double? Quantity = null, string? PortfolioId = null, string? SignalId = null);

/// <summary>What a signal has led to.</summary>
internal sealed record Ingested(string ReplicationId, string JobId);

/// <summary>POST /ingest: opens a replicated trade for a signal and enqueues the job that closes it. The same <c>signal_id</c> again changes nothing.</summary>
internal static class IngestEndpoint
{
    public static void Map(IEndpointRouteBuilder routes)
        => routes.MapPost("/ingest", IngestAsync).WithSummary("Take a trading signal").WithTags("Platform");

    private static async Task<IResult> IngestAsync(Signal signal, Database database, PriceFeed feed, IJobQueue jobs, TimeProvider time, CancellationToken cancellationToken)
    {
        var (symbol, side) = (signal.Symbol?.ToUpperInvariant(), signal.Side?.ToLowerInvariant() ?? "buy");
        if (symbol is null || !PriceFeed.Instruments.Any(instrument => instrument.Symbol == symbol) || side is not ("buy" or "sell") || signal.Quantity is not > 0)
        {
            return TypedResults.Problem(
                $"A signal needs 'symbol' (one of {string.Join(", ", PriceFeed.Instruments.Select(static instrument => instrument.Symbol))}), 'side' (buy or sell) and 'quantity' above zero.",
                statusCode: StatusCodes.Status422UnprocessableEntity);
        }

        var id = signal.SignalId is { Length: > 0 } given ? "signal-" + given : Guid.CreateVersion7().ToString("N");
        var now = time.GetUtcNow();
        database.Execute(
            "INSERT OR IGNORE INTO replications (id, portfolio_id, symbol, side, quantity, entry_price, opened_at) VALUES (@id, @portfolio, @symbol, @side, @quantity, @price, @now)",
            new { id, portfolio = signal.PortfolioId ?? "portfolio-1", symbol, side, quantity = signal.Quantity, price = feed.PriceOf(symbol, now.AddMinutes(-1)), now });
        var job = JobId.FromKey("replication/" + id);
        try
        {
            await jobs.EnqueueAsync("simulate_replicated_trade", new ReplicationTask(id), options => options.Id = job, cancellationToken);
        }
        catch (DuplicateJobException)
        {
            // The signal came before, and its job is there.
        }

        return TypedResults.Accepted((string?)null, new Ingested(id, job.ToString()));
    }
}
