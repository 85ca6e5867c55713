namespace JobQueue.Workers;

/// <summary>One pool's place at the gate. Belongs to its fetch loop, except for what the gate asks.</summary>
internal sealed class SuspectSeat(SuspectGate gate, Func<bool> holdsNothing, Action wake)
{
    private volatile bool _foundNothing;

    /// <summary>The last ordinary fetch found nothing.</summary>
    public bool FoundNothing
    {
        get => _foundNothing;
        set => _foundNothing = value;
    }

    public bool HoldsNothing() => holdsNothing();

    public void Wake() => wake();

    public bool IsDraining => gate.Owner == this && !gate.IsAlone;

    public bool IsAlone => gate.Owner == this && gate.IsAlone;

    /// <summary>Another pool drains or is alone: nothing may be fetched.</summary>
    public bool IsShut => gate.Owner is { } owner && owner != this;

    public long? BeginFetch(Func<long> number) => gate.BeginFetch(number);

    public bool CanBeAlone() => gate.CanBeAlone(this);

    public bool TryBeAlone() => gate.TryBeAlone(this);

    public bool TryDrain() => gate.TryDrain(this);

    public void Open(TimeSpan leastRest = default) => gate.Open(this, leastRest);

    public TimeSpan Elapsed => gate.Elapsed;

    public TimeSpan RestLeft => gate.RestLeft;
}
