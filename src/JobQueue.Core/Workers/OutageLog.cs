using JobQueue.Diagnostics;
using Microsoft.Extensions.Logging;

namespace JobQueue.Workers;

/// <summary>
/// One line when a loop's calls begin to fail and one when they succeed again, however many fail between; and how long
/// the loop waits before the next try. Used by one loop.
/// </summary>
internal sealed class OutageLog(ILogger logger, string operation)
{
    private const int FirstDelayMs = 50;
    private const int MaxDelayMs = 2_000;

    private int _failures;

    public void Succeeded()
    {
        if (_failures > 0)
        {
            Log.RedisBack(logger, operation, _failures);
            _failures = 0;
        }
    }

    /// <returns>How long to wait before the next try: doubling from 50 ms to 2 s.</returns>
    public TimeSpan Failed(Exception exception)
    {
        if (_failures++ == 0)
        {
            Log.RedisAway(logger, operation, exception);
        }

        return TimeSpan.FromMilliseconds(Math.Min(MaxDelayMs, FirstDelayMs * Math.Pow(2, Math.Min(_failures - 1, 10))));
    }
}
