using JobQueue.Diagnostics;
using Microsoft.Extensions.Logging;

namespace JobQueue.Workers;

/// <summary>What a fetch loop may do next.</summary>
internal enum FetchStep
{
    /// <summary>Fetch ordinary jobs.</summary>
    Ordinary,

    /// <summary>Fetch one suspect: this process holds nothing else.</summary>
    Suspect,

    /// <summary>Fetch nothing for a while.</summary>
    Wait,
}

/// <summary>
/// Decides when a pool runs a suspect: at once where the process holds nothing and rests from none; else, when one has waited for a
/// while and it is this process's turn, after a drain. A drain has a bound, so that one long job does not idle the other slots, and the
/// bound doubles each time it was too short, so that a process whose jobs are all long runs suspects at last too. Belongs to the fetch loop.
/// </summary>
internal sealed class SuspectTrial(SuspectSeat seat, SuspectTurn turn, TimeProvider time, ILogger logger)
{
    /// <summary>The bound of the first drain.</summary>
    public static readonly TimeSpan FirstBound = TimeSpan.FromSeconds(10);

    /// <summary>How long a suspect is left to processes that are idle; they look for work once in this time.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <summary>How often a drain looks whether all has ended: outcomes are stored without a word to the loop.</summary>
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);

    private static readonly TimeSpan Keep = TimeSpan.FromMilliseconds(500);
    private const int MostDoublings = 8;

    private long _waitsSince;
    private long _foundNoneAt;
    private bool _waits;
    private bool _hasTurn;
    private bool _hasSlots;
    private int _foundNone;

    /// <summary>Of the next drain.</summary>
    public TimeSpan Bound { get; private set; } = FirstBound;

    /// <summary>Whether what waits here unstarted is to go back, because nothing is to start beside a suspect.</summary>
    public bool HandsBack => seat.IsDraining || seat.IsShut;

    /// <summary>Whether another step would be <see cref="FetchStep.Suspect"/>.</summary>
    public bool IsDue => _waits && _hasSlots && seat.CanBeAlone();

    /// <param name="hasSlots">Whether anything that is fetched can start.</param>
    /// <param name="isSettled">Whether the pool's last suspect is over: its outcome is stored, and no fetch is without an answer.</param>
    /// <param name="cancellationToken">Fires when the pool stops.</param>
    public ValueTask<FetchStep> NextAsync(bool hasSlots, Func<bool> isSettled, CancellationToken cancellationToken)
    {
        _hasSlots = hasSlots;
        if (seat.IsShut)
        {
            return new(FetchStep.Wait);
        }

        if (seat.IsAlone)
        {
            if (!isSettled())
            {
                return WaitAloneAsync(cancellationToken);
            }

            Open();
        }

        return _waits || seat.IsDraining ? DecideAsync(cancellationToken) : new(FetchStep.Ordinary);
    }

    /// <summary>How long the loop waits at the most, so that it misses neither a look nor the end of a rest.</summary>
    public TimeSpan Until(TimeSpan most)
    {
        if (seat.IsDraining)
        {
            return Look;
        }

        if (seat.IsAlone)
        {
            return Keep < most ? Keep : most;
        }

        if (!_waits || seat.IsShut)
        {
            return most;
        }

        var (rest, patience) = (seat.RestLeft, Patience - time.GetElapsedTime(_waitsSince));
        var left = rest > patience ? rest : patience;
        return left > TimeSpan.Zero && left < most ? left : most;
    }

    /// <summary>An ordinary fetch was answered.</summary>
    public void Heard(bool foundJobs, bool suspectWaits)
    {
        seat.FoundNothing = !foundJobs;
        if (suspectWaits && _foundNone > 0 && time.GetElapsedTime(_foundNoneAt) < Patience)
        {
            return; // Whoever took it may be about to take the next as well.
        }

        Note(suspectWaits);
    }

    /// <summary>The fetch of a suspect was answered.</summary>
    public void HeardAlone(bool foundOne, bool suspectWaits, bool hasMore)
    {
        if (foundOne || hasMore)
        {
            _foundNone = 0;
            Note(suspectWaits || hasMore);
        }
        else
        {
            (_foundNone, _foundNoneAt, _waits) = (_foundNone + 1, time.GetTimestamp(), false);
        }

        if (!foundOne)
        {
            // A list that can't be read is told of for ever: drains for nothing become rare.
            Open(hasMore ? TimeSpan.Zero : Patience * (1 << Math.Min(_foundNone - 1, MostDoublings)));
        }
    }

    /// <summary>The pool stops: the others need not wait for it. A suspect that runs is waited for.</summary>
    public void Stop()
    {
        if (seat.IsDraining)
        {
            Open();
        }
    }

    private void Open(TimeSpan leastRest = default)
    {
        _hasTurn = false;
        seat.Open(leastRest);
    }

    private void Note(bool suspectWaits)
    {
        if (suspectWaits && !_waits)
        {
            _waitsSince = time.GetTimestamp();
        }

        _waits = suspectWaits;
        Bound = suspectWaits ? Bound : FirstBound;
    }

    private async ValueTask<FetchStep> WaitAloneAsync(CancellationToken cancellationToken)
    {
        if (_hasTurn)
        {
            await turn.KeepAsync(cancellationToken).ConfigureAwait(false);
        }

        return FetchStep.Wait;
    }

    private async ValueTask<FetchStep> DecideAsync(CancellationToken cancellationToken)
    {
        if (_hasSlots && seat.TryBeAlone())
        {
            return FetchStep.Suspect;
        }

        if (seat.IsDraining)
        {
            return await DrainAsync(cancellationToken).ConfigureAwait(false);
        }

        if (!_hasSlots || seat.RestLeft > TimeSpan.Zero || time.GetElapsedTime(_waitsSince) < Patience)
        {
            return FetchStep.Ordinary;
        }

        if (!await turn.KeepAsync(cancellationToken).ConfigureAwait(false) || !seat.TryDrain())
        {
            return FetchStep.Ordinary;
        }

        _hasTurn = true;

        Log.SuspectDrains(logger, Bound);
        return FetchStep.Wait;
    }

    private async ValueTask<FetchStep> DrainAsync(CancellationToken cancellationToken)
    {
        if (seat.Elapsed >= Bound)
        {
            Log.SuspectDrainGivenUp(logger, Bound, Bound * 2);
            Bound *= 2;
            Open();
            return FetchStep.Ordinary;
        }

        if (!await turn.KeepAsync(cancellationToken).ConfigureAwait(false))
        {
            Open(); // An outage has cost the turn, and another process drains.
            return FetchStep.Ordinary;
        }

        return FetchStep.Wait;
    }
}
