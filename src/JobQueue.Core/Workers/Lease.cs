namespace JobQueue.Workers;

/// <summary>Why a running handler's token fired.</summary>
internal enum StopReason
{
    None,
    Timeout,
    Shutdown,
    LeaseLost,
}

/// <summary>
/// One leased job in this process. Whoever reports it first, the executor or the pool that gives up waiting for it,
/// claims it; the other's report is dropped here already.
/// </summary>
internal sealed class Lease(WorkerIdentity worker, string token, string idText, byte[] record)
{
    private readonly Lock _gate = new();
    private CancellationTokenSource? _running;
    private StopReason _stopReason;
    private int _claimed;

    public WorkerIdentity Worker { get; } = worker;

    public string Token { get; } = token;

    public string IdText { get; } = idText;

    public byte[] RecordBytes { get; } = record;

    /// <summary>Set by the executor once it has read the bytes.</summary>
    public JobRecord? Record { get; set; }

    public StopReason StopReason
    {
        get
        {
            lock (_gate)
            {
                return _stopReason;
            }
        }
    }

    /// <summary>Whether the caller is the one to report this lease.</summary>
    public bool TryClaim() => Interlocked.Exchange(ref _claimed, 1) == 0;

    /// <summary>Makes the handler's token known, so that it can be fired from outside; at once if it should have been.</summary>
    public void Began(CancellationTokenSource running)
    {
        lock (_gate)
        {
            _running = running;
            if (_stopReason == StopReason.None)
            {
                return;
            }
        }

        running.Cancel();
    }

    /// <summary>The handler has ended; its token source is about to be disposed.</summary>
    public void Ended()
    {
        lock (_gate)
        {
            _running = null;
        }
    }

    /// <summary>Asks the handler to stop. The first reason stands.</summary>
    public void Stop(StopReason reason)
    {
        CancellationTokenSource? running;
        lock (_gate)
        {
            if (_stopReason != StopReason.None)
            {
                return;
            }

            _stopReason = reason;
            running = _running;
        }

        try
        {
            running?.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The handler ended between the look and the call.
        }
        catch (AggregateException)
        {
            // A callback that the handler registered on its token threw; the token has fired all the same.
        }
    }
}
