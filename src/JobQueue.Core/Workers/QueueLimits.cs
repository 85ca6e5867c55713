using System.Collections.Frozen;
using System.Globalization;
using System.Text;

namespace JobQueue.Workers;

/// <summary>
/// How many jobs of a limited queue this process may still lease. All pools of the process share the limits: a fetch
/// reserves what is free and gives back what it did not get. Safe to use from any thread.
/// </summary>
internal sealed class QueueLimits
{
    private readonly Lock _gate = new();
    private readonly FrozenDictionary<string, int> _limits;
    private readonly Dictionary<string, int> _used = new(StringComparer.Ordinal);

    public QueueLimits(IEnumerable<KeyValuePair<string, int>> limits) => _limits = limits.ToFrozenDictionary(StringComparer.Ordinal);

    public bool IsLimited(string queue) => _limits.Count > 0 && _limits.ContainsKey(queue);

    public bool Any => _limits.Count > 0;

    /// <summary>Reserves what is free of every limited queue.</summary>
    /// <param name="excluded">Queues of which nothing is wanted.</param>
    public Reservation Reserve(string[] excluded)
    {
        if (_limits.Count == 0 && excluded.Length == 0)
        {
            return Reservation.None;
        }

        var room = new StringBuilder();
        var reserved = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var queue in excluded)
        {
            Append(room, queue, 0);
        }

        lock (_gate)
        {
            foreach (var (queue, limit) in _limits)
            {
                if (Array.IndexOf(excluded, queue) < 0)
                {
                    var free = limit - _used.GetValueOrDefault(queue);
                    reserved[queue] = free;
                    _used[queue] = limit;
                    Append(room, queue, free);
                }
            }
        }

        return new Reservation(room.ToString(), reserved);
    }

    /// <summary>Gives back what a fetch had reserved and did not lease.</summary>
    public void Return(Reservation reservation)
    {
        if (reservation.Free.Count == 0)
        {
            return;
        }

        lock (_gate)
        {
            foreach (var (queue, free) in reservation.Free)
            {
                _used[queue] -= free;
            }
        }
    }

    /// <summary>A leased job of a limited queue is not this process's any more.</summary>
    public void Ended(string queue)
    {
        lock (_gate)
        {
            _used[queue]--;
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

/// <summary>What one fetch may lease of limited queues. Belongs to the loop that made it.</summary>
/// <param name="Room">For fetch.lua.</param>
/// <param name="Free">What is left of it.</param>
internal sealed record Reservation(string Room, Dictionary<string, int> Free)
{
    public static Reservation None { get; } = new("", []);

    /// <summary>Some of it was leased: that stays used until the leases end.</summary>
    public void Used(string queue, int count)
    {
        if (Free.TryGetValue(queue, out var free))
        {
            Free[queue] = free - count;
        }
    }
}
