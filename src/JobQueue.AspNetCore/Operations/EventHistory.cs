using System.Globalization;
using System.Text;

namespace JobQueue.AspNetCore.Operations;

/// <summary>What an event is about.</summary>
internal enum EventKind
{
    /// <summary>Numbers have changed.</summary>
    Counts,

    /// <summary>Jobs have changed their state, or come further.</summary>
    Jobs,

    /// <summary>Something may have been missed: read anew what is shown.</summary>
    Reset,
}

/// <summary>The last events as they go over the wire, so that a client that comes back gets those it has missed. Not thread-safe: the feed's lock guards it.</summary>
internal sealed class EventHistory
{
    private const int Kept = 100;

    /// <summary>A comment, which a client does not see.</summary>
    public static readonly byte[] KeepAlive = ": keep-alive\n\n"u8.ToArray();

    private readonly string _feed = Guid.NewGuid().ToString("N")[..12];
    private readonly Queue<byte[]> _frames = new(Kept);
    private long _last;

    public static byte[] FrameWithoutId(EventKind kind, ReadOnlySpan<byte> json) => Encode("", kind, json);

    /// <summary>A frame with the next id, which is kept for those who come back.</summary>
    public byte[] Add(EventKind kind, ReadOnlySpan<byte> json)
    {
        _last++;
        var frame = Frame(kind, json);
        if (_frames.Count == Kept)
        {
            _frames.Dequeue();
        }

        _frames.Enqueue(frame);
        return frame;
    }

    /// <summary>A frame for one client, with the id of the last event that all were told.</summary>
    public byte[] Frame(EventKind kind, ReadOnlySpan<byte> json)
        => Encode(string.Create(CultureInfo.InvariantCulture, $"id: {_feed}-{_last}\n"), kind, json);

    /// <summary>What came after an event; null when that is not known (any more).</summary>
    public IReadOnlyList<byte[]>? Since(string id)
    {
        var dash = id.IndexOf('-', StringComparison.Ordinal);
        if (dash < 0 || !id.AsSpan(0, dash).SequenceEqual(_feed) || !long.TryParse(id.AsSpan(dash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return null;
        }

        return number <= _last && _last - number <= _frames.Count ? [.. _frames.Skip(_frames.Count - (int)(_last - number))] : null;
    }

    private static byte[] Encode(string id, EventKind kind, ReadOnlySpan<byte> json)
    {
        var head = Encoding.UTF8.GetBytes($"{id}event: {Word(kind)}\ndata: ");
        var frame = new byte[head.Length + json.Length + 2];
        head.CopyTo(frame, 0);
        json.CopyTo(frame.AsSpan(head.Length));
        frame.AsSpan(^2).Fill((byte)'\n');
        return frame;
    }

    private static string Word(EventKind kind) => kind switch
    {
        EventKind.Counts => "counts",
        EventKind.Jobs => "jobs",
        _ => "reset",
    };
}

/// <summary>Why a client should read anew what it shows.</summary>
internal sealed record ResetShape(string Reason)
{
    /// <summary>Its last event is not known here (any more).</summary>
    public static readonly byte[] Unknown = EventPump.Json(new ResetShape("unknown_event"));

    /// <summary>It was too slow.</summary>
    public static readonly byte[] TooSlow = EventPump.Json(new ResetShape("too_slow"));

    /// <summary>The connection to Redis was lost, or news was dropped.</summary>
    public static readonly byte[] Gap = EventPump.Json(new ResetShape("gap"));

    /// <summary>Redis does not answer.</summary>
    public static readonly byte[] Unavailable = EventPump.Json(new ResetShape("redis_unavailable"));
}
