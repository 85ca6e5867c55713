using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace JobQueue.Workers;

/// <summary>
/// What this pool holds in Redis as far as it knows: leases from the answer of their fetch until the answer to their report.
/// What stands under this worker's name beyond that is nobody's (see <see cref="LeaseAudit"/>). Safe to use from any thread.
/// </summary>
internal sealed class OpenLeases
{
    private readonly Lock _gate = new();
    private readonly Dictionary<byte[], Lease> _leases = new(new IdComparer());

    /// <summary>Called once for each suspect's lease that is open no longer.</summary>
    public Action SuspectClosed { get; set; } = static () => { };

    public bool IsEmpty
    {
        get
        {
            lock (_gate)
            {
                return _leases.Count == 0;
            }
        }
    }

    public void Add(Lease lease)
    {
        lock (_gate)
        {
            // The newer one with its own key: the older one's bytes are let go.
            _leases.Remove(lease.IdBytes);
            _leases.Add(lease.IdBytes, lease);
        }
    }

    /// <summary>Its report was answered. The same job may have been leased again before that answer arrived; that lease stays.</summary>
    public void Remove(Lease lease)
    {
        lock (_gate)
        {
            if (_leases.TryGetValue(lease.IdBytes, out var open) && open == lease)
            {
                _leases.Remove(lease.IdBytes);
            }
        }

        Close(lease);
    }

    /// <summary>A lost worker's leases are never reported.</summary>
    public void RemoveOf(WorkerIdentity worker)
    {
        var removed = new List<Lease>();
        lock (_gate)
        {
            foreach (var (id, lease) in _leases)
            {
                if (lease.Worker == worker)
                {
                    _leases.Remove(id);
                    removed.Add(lease);
                }
            }
        }

        removed.ForEach(Close);
    }

    public bool Contains(string id, string token)
    {
        lock (_gate)
        {
            return _leases.TryGetValue(Encoding.UTF8.GetBytes(id), out var lease) && lease.Token == token;
        }
    }

    private void Close(Lease lease)
    {
        if (lease.IsSuspect && lease.TryClose())
        {
            SuspectClosed();
        }
    }

    /// <summary>Compares ids as they are stored, also those that are none.</summary>
    private sealed class IdComparer : IEqualityComparer<byte[]>
    {
        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode([DisallowNull] byte[] obj)
        {
            var hash = default(HashCode);
            hash.AddBytes(obj);
            return hash.ToHashCode();
        }
    }
}
