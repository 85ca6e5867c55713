namespace JobQueue.Diagnostics;

/// <summary>Fewer replicas than asked for have a write; the master has it.</summary>
internal sealed class TooFewReplicasException(int found, int wanted, TimeSpan waited) : Exception($"{found} of {wanted} replicas have the write.")
{
    public int Found => found;

    public int Wanted => wanted;

    public TimeSpan Waited => waited;
}
