using System.Threading.Channels;

namespace JobQueue.Workers;

/// <summary>
/// Leased jobs that wait in this process for a free slot. A job must not wait here while another worker is free, so what has
/// not started for a while, or whose queue was paused, is taken out again. The fetch loop adds and takes out; slots read.
/// </summary>
internal sealed class LeaseQueue
{
    private readonly Channel<Lease> _channel = Channel.CreateUnbounded<Lease>(new UnboundedChannelOptions { SingleWriter = true });

    public ChannelReader<Lease> Reader => _channel.Reader;

    public bool IsEmpty => _channel.Reader.Count == 0;

    /// <summary>How long the oldest has waited; zero when none does.</summary>
    public TimeSpan OldestAge => _channel.Reader.TryPeek(out var oldest) ? oldest.Grant.Age : TimeSpan.Zero;

    public void Add(Lease lease) => _channel.Writer.TryWrite(lease);

    /// <summary>No more leases: slots end after what is here.</summary>
    public void Complete() => _channel.Writer.TryComplete();

    /// <summary>Takes out the oldest if it has waited longer than that.</summary>
    public Lease? TakeOlderThan(TimeSpan age)
        => OldestAge > age && _channel.Reader.TryRead(out var lease) ? lease : null; // A slot may take the oldest between; the next one is handed back as well.

    /// <summary>Takes out those of a queue; the others keep their order.</summary>
    public List<Lease> TakeOf(string queue)
    {
        var taken = new List<Lease>();
        for (var left = _channel.Reader.Count; left > 0 && _channel.Reader.TryRead(out var lease); left--)
        {
            if (JobPriorities.QueueOf(lease.Line).SequenceEqual(queue))
            {
                taken.Add(lease);
            }
            else
            {
                Add(lease);
            }
        }

        return taken;
    }
}
