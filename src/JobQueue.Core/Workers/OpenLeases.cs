using System.Collections.Concurrent;

namespace JobQueue.Workers;

/// <summary>
/// What this pool holds in Redis as far as it knows: leases from the answer of their fetch until the answer to their report.
/// What stands under this worker's name beyond that is nobody's (see <see cref="LeaseAudit"/>). Safe to use from any thread.
/// </summary>
internal sealed class OpenLeases
{
    private readonly ConcurrentDictionary<string, Lease> _leases = new(StringComparer.Ordinal);

    /// <summary>Called once for each suspect's lease that is open no longer.</summary>
    public Action SuspectClosed { get; set; } = static () => { };

    public bool IsEmpty => _leases.IsEmpty;

    public void Add(Lease lease) => _leases[lease.IdText] = lease;

    /// <summary>Its report was answered. The same job may have been leased again before that answer arrived; that lease stays.</summary>
    public void Remove(Lease lease)
    {
        _leases.TryRemove(new KeyValuePair<string, Lease>(lease.IdText, lease));
        Close(lease);
    }

    /// <summary>A lost worker's leases are never reported.</summary>
    public void RemoveOf(WorkerIdentity worker)
    {
        foreach (var entry in _leases)
        {
            if (entry.Value.Worker == worker)
            {
                _leases.TryRemove(entry);
                Close(entry.Value);
            }
        }
    }

    public bool Contains(string id, string token) => _leases.TryGetValue(id, out var lease) && lease.Token == token;

    private void Close(Lease lease)
    {
        if (lease.IsSuspect && lease.TryClose())
        {
            SuspectClosed();
        }
    }
}
