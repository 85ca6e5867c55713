using JobQueue.Redis;

namespace JobQueue.Workers;

/// <summary>
/// The order in which a fetch visits the priorities. Strict: the most urgent first. Weighted: each priority is as far on its way as
/// the jobs that it has given, divided by its weight, and the one that is least far comes first; so shares hold over time and
/// nothing starves. One with nothing waiting is taken along to where the others are: it gathers neither a claim for
/// later nor, when it alone has work, a debt. Belongs to one loop.
/// </summary>
internal sealed class PriorityOrder
{
    private readonly double[]? _weights;
    private readonly double[] _way = new double[JobPriorities.Count];
    private readonly JobPriority[] _order = [JobPriority.Critical, JobPriority.High, JobPriority.Normal, JobPriority.Low];
    private readonly Comparison<JobPriority> _byWay;

    public PriorityOrder(PriorityWeights? weights)
    {
        _weights = weights is null ? null : [weights.Critical, weights.High, weights.Normal, weights.Low];
        _byWay = (left, right) => _way[(int)left].CompareTo(_way[(int)right]) is var order && order != 0 ? order : left.CompareTo(right);
    }

    /// <summary>The words for fetch.lua.</summary>
    public string Next()
    {
        if (_weights is null)
        {
            return JobPriorities.StrictOrder;
        }

        Array.Sort(_order, _byWay);
        return $"{_order[0].ToWord()},{_order[1].ToWord()},{_order[2].ToWord()},{_order[3].ToWord()}";
    }

    /// <summary>What the fetch took, and whether its limit was filled: then more may wait.</summary>
    public void Took(LeasedRun[] runs, bool filled)
    {
        if (_weights is null)
        {
            return;
        }

        if (!filled)
        {
            Array.Clear(_way); // Nothing waits any more, so nobody has had too little.
            return;
        }

        Span<bool> gave = stackalloc bool[JobPriorities.Count];
        foreach (var run in runs)
        {
            if (JobPriorities.TryParseLine(run.Line, out var priority))
            {
                _way[(int)priority] += run.Count / _weights[(int)priority];
                gave[(int)priority] = true;
            }
        }

        TakeAlong(LastThatGave(gave));
    }

    /// <summary>Those before the last that gave something have nothing left.</summary>
    private void TakeAlong(int last)
    {
        var least = double.MaxValue;
        for (var position = last; position < _order.Length; position++)
        {
            least = Math.Min(least, _way[(int)_order[position]]);
        }

        for (var position = 0; position < last; position++)
        {
            ref var way = ref _way[(int)_order[position]];
            way = Math.Max(way, least);
        }
    }

    private int LastThatGave(ReadOnlySpan<bool> gave)
    {
        for (var position = _order.Length - 1; position >= 0; position--)
        {
            if (gave[(int)_order[position]])
            {
                return position;
            }
        }

        return 0;
    }
}
