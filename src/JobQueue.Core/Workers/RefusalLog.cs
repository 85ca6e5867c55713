using JobQueue.Diagnostics;
using Microsoft.Extensions.Logging;

namespace JobQueue.Workers;

/// <summary>
/// Says how many outcomes were refused: the first at once, what follows in one line for every ten seconds, however many there are.
/// Used under one lock.
/// </summary>
internal sealed class RefusalLog(ILogger logger, TimeProvider time)
{
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(10);

    private long? _toldAt;
    private int _count;
    private string _first = "";

    public void Add(int count, string firstId)
    {
        _first = _count == 0 ? firstId : _first;
        _count += count;
        if (_toldAt is not { } last || time.GetElapsedTime(last) >= Quiet)
        {
            _toldAt = time.GetTimestamp();
            Flush();
        }
    }

    /// <summary>Says what was not said yet.</summary>
    public void Flush()
    {
        if (_count > 0)
        {
            Log.OutcomesRefused(logger, _count, _first);
            _count = 0;
        }
    }
}
