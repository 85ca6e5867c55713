using System.Collections.Frozen;
using System.Globalization;
using System.Text;

namespace JobQueue.Workers;

/// <summary>
/// What this process may still lease of limited queues. All pools share this: a fetch reserves what is free and gives back what it
/// did not get. Safe to use from any thread.
/// </summary>
internal sealed class QueueLimits
{
    private readonly Lock _gate = new();
    private readonly FrozenDictionary<string, int> _limits;
    private readonly Dictionary<string, int> _used = new(StringComparer.Ordinal);

    public QueueLimits(IEnumerable<KeyValuePair<string, int>> limits) => _limits = limits.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Reserves what is free of what a pool serves.</summary>
    public Reservation Reserve(PoolSettings pool)
    {
        var reservation = new Reservation();
        var room = _limits.Count == 0 && pool.Excluded.Length == 0 ? null : new StringBuilder();
        foreach (var queue in pool.Excluded)
        {
            Append(room!, queue, 0);
        }

        lock (_gate)
        {
            foreach (var (queue, limit) in _limits)
            {
                if (pool.Serves(queue))
                {
                    var free = limit - _used.GetValueOrDefault(queue);
                    reservation.Free[queue] = free;
                    _used[queue] = limit;
                    Append(room!, queue, free);
                }
            }
        }

        reservation.Room = room?.ToString() ?? "";
        return reservation;
    }

    /// <summary>Some of a reservation was leased: that stays used until the leases end.</summary>
    public void Use(Reservation reservation, string line, int count)
    {
        if (_limits.Count == 0)
        {
            return;
        }

        lock (_gate)
        {
            var queue = JobPriorities.QueueOf(line).ToString();
            if (reservation.Free.TryGetValue(queue, out var free))
            {
                reservation.Free[queue] = free - count;
            }
        }
    }

    /// <summary>Gives back what a fetch had reserved and did not lease; safe to repeat.</summary>
    public void Return(Reservation reservation)
    {
        lock (_gate)
        {
            foreach (var (queue, free) in reservation.Free)
            {
                _used[queue] -= free;
            }

            reservation.Free.Clear();
        }
    }

    /// <summary>A lease has ended.</summary>
    /// <returns>Whether there is room now for what a fetch had to leave.</returns>
    public bool Ended(Lease lease)
    {
        if (_limits.Count == 0)
        {
            return false;
        }

        var queue = JobPriorities.QueueOf(lease.Line).ToString();
        lock (_gate)
        {
            if (!_limits.ContainsKey(queue))
            {
                return false;
            }

            _used[queue]--;
            return true;
        }
    }

    private static void Append(StringBuilder room, string queue, int free)
    {
        if (room.Length > 0)
        {
            room.Append(',');
        }

        room.Append(CultureInfo.InvariantCulture, $"{queue}={free}");
    }
}

/// <summary>What one fetch may lease of limited queues. Belongs to <see cref="QueueLimits"/>.</summary>
internal sealed class Reservation
{
    /// <summary>For fetch.lua.</summary>
    public string Room { get; set; } = "";

    /// <summary>What is left of limited queues.</summary>
    public Dictionary<string, int> Free { get; } = new(StringComparer.Ordinal);
}
