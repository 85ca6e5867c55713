using System.Globalization;

namespace JobQueue.ChaosWorker;

/// <summary>A wall clock that somebody sets: it is off by the hours that a file holds, and right while there is none. Timers go on.</summary>
public sealed class JumpingClock(string file) : TimeProvider
{
    public const string FileName = "clock";

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Offset();

    private TimeSpan Offset()
    {
        try
        {
            return TimeSpan.FromHours(int.Parse(File.ReadAllText(file), CultureInfo.InvariantCulture));
        }
        catch (IOException)
        {
            return TimeSpan.Zero;
        }
    }
}
