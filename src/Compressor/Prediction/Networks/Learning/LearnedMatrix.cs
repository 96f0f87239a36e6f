using Compressor.Kernels;

namespace Compressor.Prediction.Networks.Learning;

/// <summary>The weights of a linear layer that learns: y = x · W, forward, backward, and the step of gradient descent.</summary>
/// <remarks>
/// W [inputs, outputs] lies in panels of 32 outputs, [outputs / 32, inputs, 32], so that a product reads one panel after the other from front to back.
/// The last panel is filled up with outputs of weight 0, whose gradients callers keep 0.
/// </remarks>
internal sealed unsafe class LearnedMatrix
{
    /// <summary>Outputs of a panel.</summary>
    public const int PanelWidth = 32;

    private readonly PinnedArray<float> _panels;
    private readonly int _panelLength;

    /// <param name="outputs">Outputs; rows of x and y have <see cref="PaddedOutputs"/> of them.</param>
    /// <param name="inputs">A multiple of 32.</param>
    public LearnedMatrix(int outputs, int inputs)
    {
        Inputs = inputs;
        PaddedOutputs = (outputs + PanelWidth - 1) / PanelWidth * PanelWidth;
        _panelLength = inputs * PanelWidth;
        _panels = new PinnedArray<float>((long)PaddedOutputs * inputs);
    }

    /// <summary>The length of x.</summary>
    public int Inputs { get; }

    /// <summary>The length of y: outputs up to a multiple of 32.</summary>
    public int PaddedOutputs { get; }

    private int Panels => PaddedOutputs / PanelWidth;

    /// <summary>The weight from an input to an output.</summary>
    public ref float this[int output, int input] =>
        ref _panels.Pointer[((long)(output / PanelWidth) * _panelLength) + (input * PanelWidth) + (output % PanelWidth)];

    /// <summary>y = x · W.</summary>
    /// <param name="x">[rows, inputs].</param>
    /// <param name="y">[rows, padded outputs].</param>
    /// <param name="rows">Any number.</param>
    /// <param name="work">Does the panels.</param>
    public void Forward(float* x, float* y, int rows, LearningWork work)
    {
        work.Run(Panels, (long)rows * _panelLength, panel =>
            work.Kernels.Product(
                x, Inputs, 1, PanelAt(panel), PanelWidth, y + (panel * PanelWidth), PaddedOutputs, rows, Inputs, PanelWidth, accumulate: false));
        GC.KeepAlive(this);
    }

    /// <summary>Backward: dx = dy · Wᵀ with the weights as they were forward, and then the step W −= rate · xᵀ · dy.</summary>
    /// <param name="x">[rows, inputs], as forward.</param>
    /// <param name="dy">[rows, padded outputs].</param>
    /// <param name="dx">[rows, inputs] result.</param>
    /// <param name="add">Whether to add to what dx holds.</param>
    /// <param name="rows">A multiple of 16.</param>
    /// <param name="rate">Of the step.</param>
    /// <param name="work">Does the panels.</param>
    /// <exception cref="InvalidDataException">A weight is no number any more.</exception>
    public void Backward(float* x, float* dy, float* dx, bool add, int rows, float rate, LearningWork work)
    {
        float* turnedDy = work.TurnedOutputs.Pointer, turnedDx = work.TurnedInputs.Pointer;   // [padded outputs, rows], [inputs, rows]
        FloatKernels.Transpose(dy, PaddedOutputs, rows, PaddedOutputs, turnedDy, add: false);

        // A sum over the outputs, panel after panel: shared out by inputs.
        const int Share = 16;
        work.Run(Inputs / Share, (long)Share * PaddedOutputs * rows, share =>
        {
            for (var panel = 0; panel < Panels; panel++)
            {
                work.Kernels.Product(
                    PanelAt(panel) + (share * Share * PanelWidth), PanelWidth, 1, turnedDy + ((long)panel * PanelWidth * rows), rows,
                    turnedDx + (share * Share * rows), rows, Share, PanelWidth, rows, accumulate: panel > 0);
            }
        });
        FloatKernels.Transpose(turnedDx, rows, Inputs, rows, dx, add);

        var numbers = 1;
        work.Run(Panels, (long)rows * _panelLength, panel =>
        {
            using var scratch = work.RentScratch();
            float* narrow = scratch.Pointer, gradient = narrow + (rows * PanelWidth);   // [rows, 32], [inputs, 32]
            for (var r = 0; r < rows; r++)
                new ReadOnlySpan<float>(dy + ((long)r * PaddedOutputs) + (panel * PanelWidth), PanelWidth).CopyTo(new Span<float>(narrow + (r * PanelWidth), PanelWidth));
            work.Kernels.Product(x, 1, Inputs, narrow, PanelWidth, gradient, PanelWidth, Inputs, rows, PanelWidth, accumulate: false);
            if (!work.Kernels.Step(PanelAt(panel), gradient, rate, _panelLength))
                Interlocked.Exchange(ref numbers, 0);
        });
        GC.KeepAlive(this);
        if (numbers == 0)
            throw LearningTransformer.NoNumber();
    }

    private float* PanelAt(int panel) => _panels.Pointer + ((long)panel * _panelLength);
}
