using JobQueue.Redis;

namespace JobQueue.Workers;

/// <content>One fetch: what it asks for, and what is done with its answer.</content>
internal sealed partial class Fetcher
{
    /// <returns>Whether there is nothing more to fetch before a wake-up, or the next look.</returns>
    private async Task<bool> FetchAsync(int limit, int generation, FetchStep step)
    {
        var room = step == FetchStep.Ordinary ? _room : null;
        try
        {
            return await SendAsync(limit, generation, step).ConfigureAwait(false);
        }
        finally
        {
            if (room is not null)
            {
                _parts.Room.Return(room);
            }
        }
    }

    private async Task<bool> SendAsync(int limit, int generation, FetchStep step)
    {
        if (Begin(generation, step) is not { } trip)
        {
            return true; // Another loop has taken over, or another pool has closed the gate.
        }

        try
        {
            if (BeforeFetch is { } hold)
            {
                await hold().ConfigureAwait(false);
            }

            var (order, rotation) = step == FetchStep.Suspect ? (JobPriorities.Suspect, ++_suspectRotation) : (_order.Next(), trip.Number);
            var request = new FetchRequest(
                _worker.Id, trip.Number, limit, _options.PollInterval, order, rotation, trip.Reservation.Room, _parts.Pool.Queues);

            // Not cancelled by a stop: an answer that is on its way is taken, so that its jobs can be handed back.
            var askedAt = _time.GetTimestamp();
            var reply = await FetchScript.RunAsync(_parts.Shard, request, CancellationToken.None).ConfigureAwait(false);
            Volatile.Write(ref _lastAnswer, _time.GetTimestamp());
            if (BeforeTake is { } holdAgain)
            {
                await holdAgain().ConfigureAwait(false);
            }

            return Take(trip, reply, limit, askedAt, step);
        }
        finally
        {
            _parts.Limits.Return(trip.Reservation);
        }
    }

    private Trip? Begin(int generation, FetchStep step)
    {
        lock (_handover)
        {
            if (generation != _generation || (step == FetchStep.Suspect ? _nextFetch() : _seat.BeginFetch(_nextFetch)) is not { } number)
            {
                return null;
            }

            _reserved = _parts.Limits.Reserve(_parts.Pool);
            return new Trip(generation, number, _reserved);
        }
    }

    private bool Take(in Trip trip, in FetchReply reply, int limit, long askedAt, FetchStep step)
    {
        if (reply.Status == ScriptStatus.Lost)
        {
            _parts.Fleet.OnLost(_worker);
            return true;
        }

        lock (_handover)
        {
            if (trip.Generation != _generation)
            {
                return true; // The loop that has taken over hands back what this one leased.
            }

            _outage.Succeeded();
            var token = LeaseToken.Format(_worker.Id, trip.Number, reply.Now);
            _stock.Add(new LeaseGrant(_worker, _parts.Home, token, askedAt, reply.Now, _time), reply, trip.Reservation);
            if (reply.Status != ScriptStatus.Stale)
            {
                _reconciler.Answered(trip.Number); // After the lease is held: see HoldsNothing.
            }

            Learn(reply, limit, step);
        }

        return reply.Waits || reply.Status == ScriptStatus.Stale;
    }

    private void Learn(in FetchReply reply, int limit, FetchStep step)
    {
        var found = reply.Ids.Length > 0;
        if (step == FetchStep.Suspect)
        {
            _suspects.HeardAlone(found, reply.SuspectWaits, reply.HasMore);
            return;
        }

        _order.Took(reply.Taken, reply.Ids.Length >= limit || FetchScript.IsCutByBytes(reply));
        _suspects.Heard(found || reply.HasMore, reply.SuspectWaits);
    }

    /// <summary>One fetch.</summary>
    /// <param name="Generation">The loop that sends it.</param>
    /// <param name="Number">Rising per worker.</param>
    /// <param name="Reservation">What it may lease of limited queues.</param>
    private readonly record struct Trip(int Generation, long Number, Reservation Reservation);
}
