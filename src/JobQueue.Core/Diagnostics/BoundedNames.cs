using System.Collections.Concurrent;

namespace JobQueue.Diagnostics;

/// <summary>
/// Names that become tags: the first so many are kept, all others are one, so that a host with a queue a customer does not have as many
/// time series. Safe to use from any thread.
/// </summary>
internal sealed class BoundedNames(int limit)
{
    public const string Other = "_other";

    private readonly ConcurrentDictionary<string, bool> _known = new(StringComparer.Ordinal);
    private int _count;

    /// <summary>The name, or <see cref="Other"/>.</summary>
    public string Of(string name)
    {
        if (_known.ContainsKey(name))
        {
            return name;
        }

        if (Volatile.Read(ref _count) >= limit)
        {
            return Other;
        }

        if (_known.TryAdd(name, true))
        {
            Interlocked.Increment(ref _count);
        }

        return name;
    }
}
