using JobQueue.Redis;
using Microsoft.Extensions.Logging;

namespace JobQueue.Workers;

/// <summary>
/// Moves jobs that are due to their waiting lists. Sleeps until the next is due; a script that makes an earlier one due
/// publishes it.
/// </summary>
internal sealed class Promoter(Turns turns, RedisShard shard, TimeProvider time, ILogger logger)
    : MaintenanceLoop(new TurnRequest("promote", KeyNames.Scheduled, KeyNames.Retrying), turns, shard, time, logger)
{
    public Task SubscribeAsync(CancellationToken cancellationToken)
        => Shard.SubscribeAsync(Shard.Keys.TimersChannel, _ => Signal(), cancellationToken);

    protected override async Task<TimeSpan> PassAsync(CancellationToken cancellationToken)
    {
        var (moved, untilNext) = await PromoteScript.RunAsync(Shard, PromoteScript.MaxLimit, cancellationToken).ConfigureAwait(false);
        return moved >= PromoteScript.MaxLimit ? TimeSpan.Zero : untilNext ?? Rest;
    }
}
