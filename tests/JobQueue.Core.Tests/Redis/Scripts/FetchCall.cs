using JobQueue.Redis;

namespace JobQueue.Core.Tests.Redis.Scripts;

/// <summary>A fetch with the values that most tests use.</summary>
internal sealed record FetchCall(string Worker = "w", long Number = 1)
{
    public int Limit { get; init; } = 100;

    public string Priorities { get; init; } = JobPriorities.StrictOrder;

    public long Rotation { get; init; }

    /// <summary>Most jobs of a queue, as fetch.lua reads it.</summary>
    public string Room { get; init; } = "";

    public string[] Queues { get; init; } = [];

    public Task<FetchReply> SendAsync(RedisShard shard)
        => FetchScript.RunAsync(shard, new FetchRequest(Worker, Number, Limit, TimeSpan.FromHours(1), Priorities, Rotation, Room, Queues), CancellationToken.None);
}
