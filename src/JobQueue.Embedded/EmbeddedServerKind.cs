namespace JobQueue.Embedded;

/// <summary>Which server program runs.</summary>
public enum EmbeddedServerKind
{
    /// <summary><c>redis-server</c>, found on PATH.</summary>
    Redis,

    /// <summary><c>valkey-server</c>, found on PATH.</summary>
    Valkey,

    /// <summary>Garnet, found in the NuGet package folder.</summary>
    Garnet,
}
