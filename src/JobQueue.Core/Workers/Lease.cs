using System.Text;

namespace JobQueue.Workers;

/// <summary>Why a running handler's token fired.</summary>
internal enum StopReason : byte
{
    None,

    /// <summary>The attempt has taken longer than its timeout.</summary>
    Timeout,

    /// <summary>The job's deadline for all attempts has passed.</summary>
    Deadline,

    /// <summary>Somebody cancelled the job.</summary>
    Cancelled,

    /// <summary>The host stops.</summary>
    Shutdown,

    /// <summary>Redis has not answered for longer than the lease, and the host prefers to stop then.</summary>
    LeaseUncertain,

    /// <summary>Redis has said that the lease is another's.</summary>
    LeaseLost,
}

/// <summary>
/// One leased job in this process. Whoever reports it first, the executor or the pool that gives up waiting for it,
/// claims it; the other's report is dropped here already.
/// </summary>
internal sealed class Lease(LeaseGrant grant, string line, byte[] id, byte[] record)
{
    private string? _idText;
    private CancellationTokenSource? _running;
    private volatile StopReason _stopReason;
    private volatile bool _handlerHasEnded;
    private bool _claimed;
    private bool _ended;
    private bool _closed;

    public LeaseGrant Grant { get; } = grant;

    public WorkerIdentity Worker => Grant.Worker;

    public string Token => Grant.Token;

    /// <summary>The line it was taken from.</summary>
    public string Line { get; } = line;

    /// <summary>Its process has died under it once less than is allowed.</summary>
    public bool IsSuspect => JobPriorities.IsSuspectLine(Line);

    /// <summary>The job's id as it stands in the store; what is sent with every job is not made a string first.</summary>
    public byte[] IdBytes { get; } = id;

    /// <summary>The same as a string.</summary>
    public string IdText => _idText ??= Encoding.UTF8.GetString(IdBytes);

    public byte[] RecordBytes { get; } = record;

    /// <summary>Set by the executor once it has read the bytes.</summary>
    public JobRecord? Record { get; set; }

    /// <summary>The attempt that runs; null before it begins.</summary>
    public Attempt? Attempt { get; set; }

    /// <summary>What the handler does from now on has no effect any more.</summary>
    public bool HandlerHasEnded
    {
        get => _handlerHasEnded;
        set => _handlerHasEnded = value;
    }

    /// <summary>Called with the first reason to stop, so that somebody watches whether the handler does; set before the attempt begins.</summary>
    public Action<Lease>? StopRequested { get; set; }

    public StopReason StopReason => _stopReason;

    /// <summary>Fires when the running handler is asked to stop; it has fired when none runs.</summary>
    public CancellationToken Stopping => Volatile.Read(ref _running)?.Token ?? new CancellationToken(canceled: true);

    /// <summary>Whether the caller is the one to report this lease.</summary>
    public bool TryClaim() => !Interlocked.Exchange(ref _claimed, true);

    /// <summary>Whether the caller is the one to give this lease's place free.</summary>
    public bool TryEnd() => !Interlocked.Exchange(ref _ended, true);

    /// <summary>Whether the caller is the first to see that this lease is open no longer.</summary>
    public bool TryClose() => !Interlocked.Exchange(ref _closed, true);

    /// <summary>Makes the handler's token known, so that it can be fired from outside; at once if it should have been.</summary>
    public void Began(CancellationTokenSource running)
    {
        Interlocked.Exchange(ref _running, running); // Whoever stops it sees this, or is seen by the look that follows.
        if (StopReason != StopReason.None)
        {
            Fire(running);
        }
    }

    /// <summary>The handler has ended; its token source is about to be disposed.</summary>
    public void Ended() => Volatile.Write(ref _running, null);

    /// <summary>Asks the handler to stop. The first reason stands, except that a lost lease comes before every other.</summary>
    public void Stop(StopReason reason)
    {
        var isFirst = Interlocked.CompareExchange(ref _stopReason, reason, StopReason.None) == StopReason.None;
        if (!isFirst)
        {
            if (reason != StopReason.LeaseLost)
            {
                return;
            }

            Interlocked.Exchange(ref _stopReason, reason);
        }

        var running = Volatile.Read(ref _running);
        if (isFirst)
        {
            StopRequested?.Invoke(this);
        }

        Fire(running);
    }

    /// <summary>
    /// The token has fired when this returns, but what the handler registered on it runs on other threads: whoever asks, the
    /// heartbeat or the connection that brings messages among them, must not wait for a handler's code.
    /// </summary>
    private static void Fire(CancellationTokenSource? running)
    {
        if (running is not null)
        {
            _ = FireAsync(running);
        }
    }

    private static async Task FireAsync(CancellationTokenSource running)
    {
        try
        {
            // A callback may throw; the token has fired all the same.
            await running.CancelAsync().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        catch (ObjectDisposedException)
        {
            // The handler ended between the look and the call.
        }
    }
}
