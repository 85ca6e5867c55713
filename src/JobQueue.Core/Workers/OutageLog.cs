using JobQueue.Diagnostics;
using Microsoft.Extensions.Logging;

namespace JobQueue.Workers;

/// <summary>
/// One line when a loop's calls begin to fail and one when they succeed again, however many fail between, and not more often
/// than twice in ten seconds when a server comes and goes; and how long the loop waits before the next try. Used by one loop.
/// </summary>
internal sealed class OutageLog(ILogger logger, string operation, TimeProvider time)
{
    private const int FirstDelayMs = 50;
    private const int MaxDelayMs = 2_000;

    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(10);

    private int _failures;
    private bool _told;
    private long? _toldAt;

    public void Succeeded()
    {
        if (_failures == 0)
        {
            return;
        }

        if (_told)
        {
            Log.RedisBack(logger, operation, _failures);
        }

        (_failures, _told) = (0, false);
    }

    /// <returns>How long to wait before the next try: doubling from 50 ms to 2 s.</returns>
    public TimeSpan Failed(Exception exception)
    {
        _failures++;
        if (!_told && (_toldAt is not { } last || time.GetElapsedTime(last) >= Quiet))
        {
            (_told, _toldAt) = (true, time.GetTimestamp());
            Log.RedisAway(logger, operation, exception);
        }

        return TimeSpan.FromMilliseconds(Math.Min(MaxDelayMs, FirstDelayMs * Math.Pow(2, Math.Min(_failures - 1, 10))));
    }
}
