using JobQueue.Redis;

namespace JobQueue.Workers;

/// <summary>
/// The order in which a fetch visits the priorities. Strict: the most urgent first. Weighted: the priority that has had least of
/// its share so far comes first (a deficit round robin: with each job every priority earns its weight, and the job's own
/// pays for all), so shares hold over time and nothing starves; one with nothing waiting keeps no claim. Belongs to one loop.
/// </summary>
internal sealed class PriorityOrder
{
    private const string Suspect = "suspect";

    private readonly double[]? _weights;
    private readonly double[] _credits = new double[JobPriorities.Count];
    private readonly JobPriority[] _order = [JobPriority.Critical, JobPriority.High, JobPriority.Normal, JobPriority.Low];

    public PriorityOrder(PriorityWeights? weights)
    {
        if (weights is not null)
        {
            double sum = weights.Critical + weights.High + weights.Normal + weights.Low;
            _weights = [weights.Critical / sum, weights.High / sum, weights.Normal / sum, weights.Low / sum];
        }
    }

    /// <summary>The words for fetch.lua.</summary>
    /// <param name="allowSuspect">Whether the worker may take a suspect.</param>
    public string Next(bool allowSuspect)
    {
        if (_weights is null)
        {
            return allowSuspect ? JobPriorities.StrictOrderWithSuspects : JobPriorities.StrictOrder;
        }

        Array.Sort(_order, (left, right) => _credits[(int)left] == _credits[(int)right] ? left.CompareTo(right) : _credits[(int)right].CompareTo(_credits[(int)left]));
        var words = $"{_order[0].ToWord()},{_order[1].ToWord()},{_order[2].ToWord()},{_order[3].ToWord()}";
        return allowSuspect ? Suspect + "," + words : words;
    }

    /// <summary>What the fetch took, and whether its limit was filled: then more may wait.</summary>
    public void Took(LeasedRun[] runs, bool filled)
    {
        if (_weights is null)
        {
            return;
        }

        Span<int> taken = stackalloc int[JobPriorities.Count];
        var sum = 0;
        foreach (var run in runs)
        {
            if (JobPriorities.TryParseLine(run.Line, out var priority))
            {
                taken[(int)priority] += run.Count;
                sum += run.Count;
            }
        }

        var reached = filled ? LastTaken(taken) : _order.Length - 1;
        for (var position = 0; position < _order.Length; position++)
        {
            var at = (int)_order[position];
            var ranDry = position < reached || !filled;
            _credits[at] = ranDry ? Math.Min(0, _credits[at] + (sum * _weights[at]) - taken[at]) : _credits[at] + (sum * _weights[at]) - taken[at];
        }
    }

    /// <summary>The position in the order of the last priority that gave something: those before it had no more.</summary>
    private int LastTaken(ReadOnlySpan<int> taken)
    {
        for (var position = _order.Length - 1; position >= 0; position--)
        {
            if (taken[(int)_order[position]] > 0)
            {
                return position;
            }
        }

        return 0;
    }
}
