using System.Globalization;
using StackExchange.Redis;

namespace JobQueue.Redis;

/// <summary>
/// The keys and channels of one shard. Scripts derive the rest from <see cref="Root"/>. The braces keep a shard on one
/// cluster slot; a database other than 0 is part of the name, because channels are shared by all databases of a server.
/// </summary>
internal sealed class RedisKeys
{
    public RedisKeys(string prefix, int database, byte shard)
    {
        var scope = database == 0 ? prefix : string.Create(CultureInfo.InvariantCulture, $"{prefix}@{database}");
        Shard = shard;
        Root = string.Create(CultureInfo.InvariantCulture, $"{{{scope}:{shard}}}");
        Meta = Root + ":meta";
        ScriptKeys = [Root, Meta];
    }

    /// <summary>The shard's number, which the last byte of its jobs' ids is.</summary>
    public byte Shard { get; }

    public string Root { get; }

    /// <summary>The hash with the version of the schema and, on the first shard, the number of shards.</summary>
    public string Meta { get; }

    /// <summary>KEYS of every script: the root, which never exists, and the meta hash, which always does.</summary>
    public RedisKey[] ScriptKeys { get; }

    /// <summary>Matches every key of the shard but the root. As a key it leads the call to the shard's node of a cluster.</summary>
    public RedisKey Pattern => Root + ":*";

    /// <summary>The name of a key without the root.</summary>
    public string NameOf(string key) => key[(Root.Length + 1)..];

    public RedisChannel WakeChannel(string workerId) => new(Root + ":wake:" + workerId, RedisChannel.PatternMode.Literal);

    public RedisChannel TimersChannel => new(Root + ":timers", RedisChannel.PatternMode.Literal);

    public RedisChannel CancelChannel => new(Root + ":cancel", RedisChannel.PatternMode.Literal);

    public RedisChannel PauseChannel => new(Root + ":pause", RedisChannel.PatternMode.Literal);

    public RedisChannel EventsChannel => new(Root + ":events", RedisChannel.PatternMode.Literal);

    public RedisChannel FinishedChannel => new(Root + ":finished", RedisChannel.PatternMode.Literal);
}
