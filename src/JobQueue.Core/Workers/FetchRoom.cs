namespace JobQueue.Workers;

/// <summary>
/// Shares a pool's room for leases among its fetch loops, one a shard. A loop that finds no room waits in line, and what comes free goes to the one that has
/// waited longest: each shard gets its turn, however much waits on another. None takes more than half of it where there are others, so that a fetch to a server
/// that does not answer leaves room for fetches to those that do. Safe to use from any thread.
/// </summary>
internal sealed class FetchRoom(LeaseStock stock)
{
    private readonly Lock _gate = new();
    private readonly LinkedList<FetchSeat> _line = [];
    private volatile FetchSeat[] _seats = [];
    private int _reserved;

    /// <summary>A loop takes part.</summary>
    /// <param name="hasRoom">Called when there may be room for it.</param>
    /// <param name="look">Called when there is room now for what a fetch had to leave, or nothing is held any more.</param>
    public FetchSeat Join(Action hasRoom, Action look)
    {
        var seat = new FetchSeat(hasRoom, look);
        lock (_gate)
        {
            _seats = [.. _seats, seat];
        }

        return seat;
    }

    /// <summary>Takes the room there is for one fetch, or a place in line.</summary>
    /// <param name="seat">The loop.</param>
    /// <param name="slots">How many jobs can run at the same time.</param>
    /// <param name="ahead">What is worth leasing beyond them.</param>
    /// <param name="most">The most that a fetch takes.</param>
    /// <returns>For how many jobs, to be given back with <see cref="Return"/>; null when there is no room.</returns>
    public RoomTaken? Take(FetchSeat seat, int slots, LeaseAhead ahead, int most)
    {
        FetchSeat? next;
        RoomTaken taken;
        lock (_gate)
        {
            var isFirst = _line.Count == 0 || _line.First!.Value == seat;
            var room = isFirst ? stock.RoomFor(slots, ahead, _reserved) : 0;
            if (room == 0)
            {
                if (!seat.IsInLine)
                {
                    seat.IsInLine = true;
                    _line.AddLast(seat);
                }

                return null;
            }

            RemoveFromLine(seat);
            var share = Math.Min(most, _seats.Length == 1 ? room : (room + 1) / 2);
            next = room > share ? _line.First?.Value : null;
            taken = new RoomTaken { Jobs = share };
            _reserved += taken.Jobs;
        }

        next?.HasRoom();
        return taken;
    }

    /// <summary>A fetch was answered, or was not sent: what it brought is held by now, and the rest is free. Safe to repeat.</summary>
    public void Return(RoomTaken taken)
    {
        FetchSeat? next;
        lock (_gate)
        {
            _reserved -= taken.Jobs;
            taken.Jobs = 0;
            next = _line.First?.Value;
        }

        next?.HasRoom();
    }

    /// <summary>The loop waits for no room any more: it has failed, or stops.</summary>
    public void Leave(FetchSeat seat)
    {
        FetchSeat? next;
        lock (_gate)
        {
            var wasFirst = _line.First?.Value == seat;
            RemoveFromLine(seat);
            next = wasFirst ? _line.First?.Value : null;
        }

        next?.HasRoom();
    }

    /// <summary>Leases have ended.</summary>
    /// <param name="isForAll">Whether there is room now for what a fetch had to leave.</param>
    public void OnFreed(bool isForAll)
    {
        var seats = _seats;
        if (isForAll || seats.Length == 1 || stock.Held == 0)
        {
            foreach (var seat in seats)
            {
                seat.HasRoom();
                if (isForAll)
                {
                    seat.Look();
                }
            }

            return;
        }

        FetchSeat? next;
        lock (_gate)
        {
            next = _line.First?.Value;
        }

        next?.HasRoom();
    }

    private void RemoveFromLine(FetchSeat seat)
    {
        if (seat.IsInLine)
        {
            seat.IsInLine = false;
            _line.Remove(seat);
        }
    }
}

/// <summary>A fetch loop's place in its pool.</summary>
/// <param name="hasRoom">Called when there may be room for it.</param>
/// <param name="look">Called when it is to look for work.</param>
internal sealed class FetchSeat(Action hasRoom, Action look)
{
    public Action HasRoom { get; } = hasRoom;

    public Action Look { get; } = look;

    /// <summary>Belongs to <see cref="FetchRoom"/>.</summary>
    public bool IsInLine { get; set; }
}

/// <summary>What one fetch may lease. Belongs to <see cref="FetchRoom"/>.</summary>
internal sealed class RoomTaken
{
    /// <summary>For how many jobs; none once it was returned.</summary>
    public int Jobs { get; set; }
}
