namespace JobQueue.Embedded;

/// <summary>Which server <see cref="EmbeddedRedis"/> runs. All speak the Redis protocol and run the job queue's scripts.</summary>
public enum EmbeddedServerKind
{
    /// <summary>Redis: <c>redis-server</c> from the <c>PATH</c>.</summary>
    Redis,

    /// <summary>Valkey: <c>valkey-server</c> from the <c>PATH</c>.</summary>
    Valkey,

    /// <summary>Garnet: the NuGet package <c>garnet-server</c>.</summary>
    Garnet,
}
