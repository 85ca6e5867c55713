using JobQueue.Redis;
using Microsoft.Extensions.Logging;

namespace JobQueue.Workers;

/// <summary>An <see cref="OutageLog"/> for calls of many attempts at the same time, and what they know of the outage. Safe to use from any thread.</summary>
internal sealed class SharedOutageLog(ILogger logger, string operation, TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly OutageLog _log = new(logger, operation, time);
    private long _failedAt;
    private TimeSpan _pause;
    private bool _isAway;

    /// <summary>The last call was not answered, so the next may not be either: nobody should wait for it.</summary>
    public bool IsAway
    {
        get
        {
            lock (_gate)
            {
                return _isAway;
            }
        }
    }

    /// <summary>Whether it is time for a call: always, but for a pause after one that was not answered.</summary>
    public bool MayTry
    {
        get
        {
            lock (_gate)
            {
                return !_isAway || time.GetElapsedTime(_failedAt) >= _pause;
            }
        }
    }

    public void Succeeded()
    {
        lock (_gate)
        {
            _isAway = false;
            _log.Succeeded();
        }
    }

    /// <returns>How long to wait before the next try.</returns>
    public TimeSpan Failed(Exception exception)
    {
        lock (_gate)
        {
            var pause = _log.Failed(exception);
            if (RedisErrors.IsPassing(exception))
            {
                // What Redis refuses of one job says nothing about the others.
                (_isAway, _failedAt, _pause) = (true, time.GetTimestamp(), pause);
            }

            return pause;
        }
    }
}
